import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { register } from '../../src/actions/index.ts';
import { readRunbookFolder } from '../../src/config/runbook-folder.ts';
import { holds, render, resolveArguments, type Scope, scopeTypes } from '../../src/runbooks/expressions.ts';
import { formatProblem, loadLibrary } from '../../src/runbooks/library.ts';
import { offersIn } from '../../src/runbooks/offers.ts';

const folder = fileURLToPath(new URL('../../runbooks', import.meta.url));
const incident = { id: 7, namespace: 'prod', title: 'Slow', system: 'shop', severity: 'high' };

describe('the runbooks of the project', () => {
  it('load with the actions that there are, without a warning', async () => {
    const { files, problems } = await readRunbookFolder(folder);
    const library = loadLibrary(files, register, '2026-12-01');
    expect([...problems, ...library.problems].map(formatProblem)).toEqual([]);
    const ids = readdirSync(folder).flatMap((name) => (name.endsWith('.yaml') ? [name.slice(0, -5)] : []));
    expect([...library.runbooks.keys()].toSorted()).toEqual(ids.toSorted());
    expect(ids.length).toBeGreaterThanOrEqual(7);
  });

  const loaded = readRunbookFolder(folder).then(({ files }) => loadLibrary(files, register, '2026-12-01'));
  const at = async (id: string, step: string) => {
    const runbook = (await loaded).runbooks.get(id)?.runbook;
    const index = runbook?.steps.findIndex((one) => one.id === step) ?? -1;
    const found = runbook?.steps[index];
    if (runbook === undefined || found === undefined) throw new Error(`no ${id}/${step}`);
    return { runbook, index, step: found };
  };

  it('scale-utility-pod scales from what is there to what was asked', async () => {
    const { runbook, index, step } = await at('scale-utility-pod', 'scale');
    const scope: Scope = {
      params: { deployment: 'utility', replicas: 1 },
      incident,
      steps: {
        now: { out: { desired: 0, ready: 0 } },
        scale: { plan: { before: 0, after: 1 }, args: {} },
      },
    };
    if (step.kind !== 'act') throw new Error(step.kind);
    const types = scopeTypes(runbook, index, register);
    expect(holds(step.when ?? '', scope, types)).toBe(true);
    expect(resolveArguments(step.with, scope, types)).toEqual({
      workload: 'utility',
      replicas: 1,
      expect: { replicas: 0 },
    });
    const own = scopeTypes(runbook, index, register, { own: true });
    expect(step.locks.map((lock) => render(lock, scope, own))).toEqual(['prod/deployment/utility']);
    expect(step.leaves.kind === 'temporary' && render(step.leaves.what, scope, own)).toBe(
      'utility runs 1 instead of 0',
    );
  });

  it('check-patroni asks for the members of the service that the trace found, or that a person named', async () => {
    const { runbook, index, step } = await at('check-patroni', 'members');
    const types = scopeTypes(runbook, index, register);
    const trace = { out: { service: { name: 'prod-patroni' } } };
    const scope: Scope = { params: { workload: 'web' }, incident, steps: { trace } };
    if (step.kind !== 'check') throw new Error(step.kind);
    expect(resolveArguments(step.with, scope, types)).toEqual({ service: 'prod-patroni' });
    const asked = { ...scope, steps: { ask_host: { out: { service: 'other' } } } };
    expect(resolveArguments(step.with, asked, types)).toEqual({ service: 'other' });
  });

  it('check-patroni offers to look for an image, or the repair, with the names it found, also when no member answered', async () => {
    const { runbook, index, step } = await at('check-patroni', 'crash_reason');
    if (step.kind !== 'check') throw new Error(step.kind);
    const types = scopeTypes(runbook, index, register, { out: step.uses });
    const out = {
      found: true,
      pod: 'prod-patroni-0',
      container: 'db',
      reason: 'Error',
      exit_code: 1,
      restarts: 9,
      image: 'patroni:1',
      log: "ModuleNotFoundError: No module named 'x'",
      first_error: 'no x',
      affected: [],
    };
    const scope: Scope = {
      params: { workload: 'web' },
      incident,
      steps: { members: { verdict: 'unknown', args: { service: 'prod-patroni' } } },
      out,
    };
    const rule = step.verdict.find(({ if: source }) => source === undefined || holds(source, scope, types));
    expect(rule && render(rule.says, scope, types)).toBe(
      'prod-patroni-0 cannot start its image patroni:1 (Error, exit code 1): no x',
    );
    expect(offersIn(rule?.next).map((one) => [one.run, resolveArguments(one.with, scope, types)])).toEqual([
      ['find-image', { kind: 'statefulset', container: 'db', member: 'prod-patroni-0' }],
      [
        'repair-by-hand',
        { service: 'prod-patroni', member: 'prod-patroni-0', container: 'db', image: 'patroni:1' },
      ],
    ]);
  });

  it.each([
    ['RollingUpdate', 'RollingUpdate', {}, true],
    ['OnDelete', 'RollingUpdate', {}, false],
    ['OnDelete', 'OnDelete', {}, true],
    // Read by the second run, which finds what the first one has left.
    ['OnDelete', 'OnDelete', { strategy_before: 'RollingUpdate' }, false],
    ['RollingUpdate', 'OnDelete', {}, true],
  ])(
    'upgrade-patroni-member: with %s now and %s before %o the update strategy is what it was: %s',
    async (type, before, params, gone) => {
      const { runbook, index, step } = await at('upgrade-patroni-member', 'swap');
      const left = step.kind === 'act' ? step.alsoLeaves[0] : undefined;
      if (left?.kind !== 'temporary' || !left.probe) throw new Error('it leaves nothing with a probe');
      const types = scopeTypes(runbook, index, register, { out: left.probe.uses, own: true });
      const scope: Scope = {
        params,
        incident,
        steps: { swap: { plan: { strategy_before: before } } },
        out: { type },
      };
      expect(holds(left.probe.gone, scope, types)).toBe(gone);
    },
  );

  it('repair-by-hand prints commands with real names', async () => {
    const { runbook, index, step } = await at('repair-by-hand', 'repair');
    if (step.kind !== 'manual') throw new Error(step.kind);
    const params = { statefulset: 'prod-patroni', member: 'prod-patroni-0', container: 'db', image: 'old:1' };
    const scope: Scope = {
      params,
      incident,
      steps: { new_image: { out: { image: 'registry/patroni:2', who: 'Kim' } } },
    };
    const types = scopeTypes(runbook, index, register);
    expect(step.byHand.map((command) => render(command, scope, types))).toContain(
      'kubectl -n prod set image statefulset/prod-patroni db=registry/patroni:2',
    );
  });
});
