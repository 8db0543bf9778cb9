/** Runbook texts for tests, with the mark `¦` where a problem is expected. */
import { parseRunbook } from '../../src/runbooks/parse.ts';
import { register } from '../support/register.ts';

export const header = `apiVersion: runbook/v1
id: example
title: An example
summary: For a test.
owner: "@oncall"
reviewed: 2026-11-20
params:
  workload: { type: k8s/deployment, label: Which?, required: true }
  replicas: { type: int, label: How many?, default: 1 }
  note: { type: string, label: Note }
steps:
`;

export const check = `  - id: now
    kind: check
    title: What runs now?
    uses: k8s.replicas
    with: { workload: "\${{ params.workload }}" }
    timeout: 10s
    verdict:
      - if: out.ready < out.desired
        is: bad
        says: \${{ out.ready }} of \${{ out.desired }} ready.
      - else: ok
        says: All ready.
`;

export const act = `  - id: scale
    kind: act
    title: Scale \${{ params.workload }}
    uses: k8s.scale
    with:
      workload: "\${{ params.workload }}"
      replicas: "\${{ params.replicas }}"
      expect: { replicas: "\${{ steps.now.out.desired }}" }
    timeout: 30s
    confirm: { level: click }
    locks: ["x/\${{ params.workload }}"]
    verify:
      uses: k8s.replicas
      with: { workload: "\${{ params.workload }}" }
      until: out.ready == params.replicas
      timeout: 2m
    undo: auto
    leaves:
      temporary: It runs \${{ steps.scale.plan.after }}
      until: incident-close
      probe:
        uses: k8s.replicas
        with: { workload: "\${{ params.workload }}" }
        gone: out.desired == steps.scale.plan.before
`;

export const whole = header + check + act;

/** The text without its mark, and the `line:column` of the mark. */
export function unmarked(marked: string): { text: string; place: string } {
  const offset = marked.indexOf('¦');
  const before = marked.slice(0, offset).split('\n');
  return { text: marked.replace('¦', ''), place: `${before.length}:${(before.at(-1) ?? '').length + 1}` };
}

/** Replaces one part of a text; fails the test when the part is not there. */
export function swap(text: string, part: string, other: string): string {
  if (!text.includes(part)) throw new Error(`not in the text: ${part}`);
  return text.replace(part, () => other);
}

/** Each problem as `line:column code`. */
export function placed(text: string, today = ''): string[] {
  return parseRunbook(text, 'example.yaml', register, today).problems.map(
    ({ line, column, code }) => `${line}:${column} ${code}`,
  );
}
