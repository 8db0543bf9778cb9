/** docs/actions.md: what steps can use, and on what each action was tried. */
import type { Action, KubernetesRight } from '../../src/actions/action.ts';
import { SYSTEMS, TRIED } from './tried-on.ts';

const HEAD = `# What steps can use

One row for each action of the register. It is written by \`test/actions/actions-page.test.ts\`, which fails when it is stale; the tests named here talk to the systems named here. Nothing in it was tried on a real OpenShift, on a cloud's cluster or on another version than these:

`;

export function actionsPage(actions: readonly Action[]): string {
  const systems = Object.entries(SYSTEMS).map(([key, words]) => `- **${key}**: ${words}`);
  const rows = [...actions]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((action) => {
      const { on, tests } = TRIED[action.name] ?? { on: [], tests: [] };
      const links = tests.map((file) => {
        const path = file.startsWith('/') ? file.slice(1) : `actions/${file}`;
        return `[${path.replace(/^.*\//, '').replace('.test.ts', '')}](../test/${path})`;
      });
      const what = action.changes ? 'changes' : 'reads';
      return `| \`${action.name}\` | ${what} | ${rightsOf(action)} | ${on.join(', ')} | ${links.join(', ')} |`;
    });
  return `${HEAD}${systems.join('\n')}

| action | | rights in the cluster | tried on | by |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Rights in parentheses may be left out: the answer then says what could not be seen. \`handrail rbac\` prints what your runbooks need.
`;
}

function rightsOf(action: Action): string {
  return action.rights.kubernetes.map(rightWords).join(', ') || 'none';
}

function rightWords(right: KubernetesRight): string {
  const words = `${right.verbs.join('/')} ${right.resource}`;
  return right.optional === true ? `(${words})` : words;
}
