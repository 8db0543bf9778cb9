import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { register } from '../../src/actions/index.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import { project, type TestTerminal, testTerminal } from './terminal.ts';

let terminal: TestTerminal;
let shipped: string;
beforeEach(async () => {
  terminal = await testTerminal();
  shipped = await readFile(join(project, 'runbooks/scale-utility-pod.yaml'), 'utf8');
  await terminal.write('runbooks/scale-utility-pod.yaml', shipped);
});
afterEach(() => terminal.remove());

const show = (...args: string[]) => terminal.run(['runbook', 'show', ...args]);

describe('handrail runbook show', () => {
  it('prints everything that a person needs before using it', async () => {
    const { code, out } = await show('scale-utility-pod');
    expect(code).toBe(0);
    const hash = /[0-9a-f]{12}/.exec(out[3] ?? '')?.[0];
    expect(`${out.join('\n')}\n`).toBe(`Start or stop the utility pod — scale-utility-pod
Bring up the diagnostics pod. It goes back to the number it had before.

Owner @platform-oncall, reviewed 2026-11-20. runbooks/scale-utility-pod.yaml, ${hash}.
checks 1, changes 1, by hand 0
Meaning: Somebody needs a shell near the database, or has finished with it.
Impact: None for users. A running utility pod holds credentials, so it is stopped again.

Parameters:
  deployment: Utility deployment (k8s/deployment, default utility)
  replicas: How many? (int, default 1, at least 0, at most 2)

1. What runs now?  [now: check, changes nothing]
   Reads: k8s.replicas with workload: <deployment>
   - ok: <desired> wanted, <ready> ready. Nothing to change. [out.desired == params.replicas &&
      out.ready == params.replicas]
   - look: <desired> wanted, <ready> ready. <managed_by> owns this and may put it back.
      [out.?managed_by.hasValue()]
   - ok: <desired> wanted, <ready> ready. [otherwise]
   By hand:
     $ kubectl -n <namespace> get deployment <workload>

2. Scale <deployment> from <now.desired> to <replicas>  [scale: change]
   Only when: params.replicas != steps.now.out.desired
   Does: k8s.scale with workload: <deployment>, replicas: <replicas>, expect: { replicas:
      <now.desired> }
   Confirmed by: one click
   Verified by: k8s.replicas with workload: <deployment> until out.desired == params.replicas &&
      out.ready == params.replicas, for at most 2 min
   Undo: sets back what was before
   Nobody else changes: <namespace>/deployment/<deployment>
   By hand:
     $ kubectl -n <namespace> scale deployment/<workload> --replicas=<replicas>
     $ kubectl -n <namespace> get deployment <workload>
   Leaves behind: <deployment> runs <scale.after> instead of <scale.before>, until the incident
      is closed. It is gone when k8s.replicas says out.desired == steps.scale.plan.before &&
      out.ready == steps.scale.plan.before.
`);
  });

  it('uses no colour', async () => {
    const { out } = await show('scale-utility-pod');
    expect(out.join('')).not.toMatch(/\p{Cc}/u);
  });

  it('prints the runbook as a run pins it as JSON', async () => {
    const { code, out } = await show('scale-utility-pod', '--json');
    expect(code).toBe(0);
    const { runbook } = parseRunbook(shipped, 'x.yaml', register);
    expect(JSON.parse(out.join('\n'))).toEqual(JSON.parse(JSON.stringify(runbook)));
  });

  it('shows a file that stands elsewhere', async () => {
    await terminal.write('drafts/mine.yaml', shipped.replace('id: scale-utility-pod', 'id: mine'));
    const { code, out } = await show('drafts/mine.yaml');
    expect({ code, first: out[0] }).toEqual({ code: 0, first: 'Start or stop the utility pod — mine' });
  });

  it('refuses one that is broken with every problem, and a name that is nothing', async () => {
    const renamed = shipped.replace('id: scale-utility-pod', 'id: broken');
    await terminal.write(
      'runbooks/broken.yaml',
      renamed.replace('is: warn', 'is: wrn').replace('undo: auto', 'undo: x'),
    );
    const broken = await show('broken');
    expect(broken).toMatchObject({ code: 2, out: [] });
    expect(broken.err.join('\n')).toMatch(
      /^runbooks\/broken\.yaml:\d+:13 RB002 [^\n]*wrn[^\n]*\nrunbooks\/broken\.yaml:\d+:11 RB002 /,
    );
    expect((await show('scale-utilty-pod')).err.join('\n')).toContain('Did you mean scale-utility-pod?');
  });
});
