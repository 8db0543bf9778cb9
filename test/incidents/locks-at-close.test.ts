// A closed incident holds nothing, also when two of its tries name the same lock and only one of them holds it.
import { expect, it } from 'vitest';
import { ana, PureDoor, runbookOf } from '../support/pure-door.ts';

const runbook = runbookOf(`
apiVersion: runbook/v1
id: scale
title: Scale
summary: Makes it larger.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: scale
    kind: act
    title: Resize
    uses: t.resize
    with: { name: web, size: 3 }
    timeout: 5s
    confirm: { level: click }
    locks: [prod/thing/web]
    verify: { uses: t.size, with: { name: web }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves:
      temporary: a larger web
      until: incident-close
      probe: { uses: t.size, with: { name: web }, gone: out.size == steps.scale.plan.before }
`);
const plan = {
  target: { kind: 'thing', namespace: 'prod', name: 'web', uid: 'u' },
  changes: [{ field: 'size', before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: [],
  unknowns: [],
};

it('gives its lock back at the close', async () => {
  const door = new PureDoor();
  await door.declare();
  await door.start(runbook);
  await door.settle({ purpose: 'plan', result: { ok: true, plan } });
  const { planned } = await door.one('scale');
  const at = { run: 1, step: 'scale', try: 1 };
  await door.send(ana, { do: 'confirm', at, hash: planned?.hash ?? '' });
  await door.settle({ purpose: 'act', result: { ok: false, says: 'the connection was lost' } });
  await door.settle({ purpose: 'happened', result: { ok: true, happened: 'cannot tell' } });
  // A second run of the same runbook names the same lock, and never gets it.
  await door.start(runbook);
  await door.settle({ purpose: 'plan', result: { ok: true, plan } });
  expect([...door.locks.keys()]).toEqual(['prod/thing/web']);
  await door.send(ana, { do: 'resolve', at: door.now });
  // Nobody knows whether the web is larger now, so somebody has to look after that first.
  expect(await door.send(ana, { do: 'close' })).toMatchObject({ ok: false, code: 'left' });
  await door.send(ana, { do: 'keep rest', reason: 'It is looked at in the morning' });
  expect(await door.send(ana, { do: 'close' })).toMatchObject({ ok: true });
  expect([...door.locks.keys()]).toEqual([]);
});
