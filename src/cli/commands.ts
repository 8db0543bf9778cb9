/** The table of commands. A new one is a row here and a file beside it, imported only when it is called. */
import { type Command, command } from './command.ts';

const json = { type: 'boolean' } as const;

export const commands: readonly Command[] = [
  command({
    name: 'runbook run',
    takes:
      '[ID] [--incident INC-7] [--param name=value]... [--namespace NAME] [--system ID] [--yes] [--json]',
    says: 'Run a runbook at this terminal, or in an incident. --incident INC-7 without ID goes on with what was left there. --yes confirms steps that need one click.',
    words: [0, 1],
    options: {
      param: { type: 'string', multiple: true, short: 'p' },
      namespace: { type: 'string', short: 'n' },
      system: { type: 'string' },
      incident: { type: 'string' },
      yes: { type: 'boolean', short: 'y' },
      json,
    },
    run: async (given) => (await import('./runbook-run-here.ts')).runHere(given),
  }),
  command({
    name: 'runbook plan',
    takes: 'ID [--param name=value]... [--namespace NAME] [--system ID] [--json]',
    says: 'Run the checks of a runbook up to its first change, show the plan of that, and end. Nothing is changed.',
    words: [1, 1],
    options: {
      param: { type: 'string', multiple: true, short: 'p' },
      namespace: { type: 'string', short: 'n' },
      system: { type: 'string' },
      json,
    },
    run: async (given) => (await import('./runbook-run-here.ts')).runHere(given, true),
  }),
  command({
    name: 'runbook lint',
    takes: '[FILE|FOLDER|ID|-]... [--json]',
    says: 'Check runbooks: every problem at once, as file:line:column. - reads standard input. Needs no cluster, database or Slack.',
    words: [0, Number.POSITIVE_INFINITY],
    options: { json },
    run: async (given) => (await import('./runbook-lint.ts')).lintRunbooks(given),
  }),
  command({
    name: 'runbook show',
    takes: 'ID|FILE [--json]',
    says: 'Print a runbook to read, with the commands that do each step by hand.',
    words: [1, 1],
    options: { json },
    run: async (given) => (await import('./runbook-show.ts')).showRunbook(given),
  }),
  command({
    name: 'runbook docs',
    takes: '[--check]',
    says: 'Write the Markdown page of every runbook beside it. --check only says which pages are stale.',
    words: [0, 0],
    options: { check: { type: 'boolean' } },
    run: async (given) => (await import('./runbook-docs.ts')).writePages(given),
  }),
  command({
    name: 'runbook test',
    takes: '[ID]... [--json]',
    says: 'Play the tests of runbooks (runbooks/tests/ID.yaml) with given answers. Nothing is called.',
    words: [0, Number.POSITIVE_INFINITY],
    options: { json },
    run: async (given) => (await import('./runbook-test.ts')).testRunbooks(given),
  }),
  command({
    name: 'runbook draft',
    takes: 'INC-7 [--id NAME] [--out FILE]',
    says: 'Write a runbook from what was done in an incident.',
    words: [1, 1],
    options: { id: { type: 'string' }, out: { type: 'string' } },
    run: async (given) => (await import('./runbook-draft.ts')).draftHere(given),
  }),
  command({
    name: 'report',
    takes: 'INC-7 [--profile default] [--people names|roles|initials] [--out FILE]',
    says: 'Print the post-incident report in Markdown.',
    words: [1, 1],
    options: {
      profile: { type: 'string' },
      people: { type: 'string' },
      out: { type: 'string' },
    },
    run: async (given) => (await import('./report.ts')).reportHere(given),
  }),
  command({
    name: 'rbac',
    takes: '[--runbook ID]... [--namespace NAME] [--system ID] [--service-account NAMESPACE/NAME] [--sql]',
    says: 'Print the least that the runbooks need: Kubernetes roles for kubectl apply -f -, SQL grants in comments. --sql prints the grants alone. Needs no cluster, database or Slack.',
    words: [0, 0],
    options: {
      runbook: { type: 'string', multiple: true },
      namespace: { type: 'string', short: 'n' },
      system: { type: 'string' },
      'service-account': { type: 'string' },
      sql: { type: 'boolean' },
    },
    run: async (given) => (await import('./rbac.ts')).rightsHere(given),
  }),
];
