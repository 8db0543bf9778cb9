// The words that an update and a handover begin with: facts of the state, and nothing else.
import { describe, expect, it } from 'vitest';
import { handoverDraft, updateDraft } from '../../src/incidents/so-far.ts';
import { ana, PureDoor, runbookOf } from '../support/pure-door.ts';

const door = new PureDoor();

describe('the words that are proposed', () => {
  it('are facts of the state: what is known, done, waited for and left', async () => {
    await door.declare();
    const start = (await door.incident(1)) as never;
    expect(updateDraft(start, door.now)).toBe(
      [
        'web-api answers 500. SEV2, investigating, since 09:34 (UTC).',
        'Known: What is affected is not confirmed yet. The cause is not known yet.',
        'Done: nothing was changed.',
      ].join('\n'),
    );
    const runbook = runbookOf(`
apiVersion: runbook/v1
id: resize
title: Resize the disk
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: grow
    kind: act
    title: Resize disk
    uses: t.resize
    with: { name: disk, size: 3 }
    timeout: 5s
    confirm: { level: click }
    locks: [prod/thing/disk]
    verify: { uses: t.size, with: { name: disk }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves:
      temporary: disk is larger
      until: incident-close
      probe: { uses: t.size, with: { name: disk }, gone: out.size == steps.grow.plan.before }
  - { id: ask, kind: ask, title: Is it enough?, choices: [{ id: y, label: "yes" }, { id: n, label: "no" }] }
`);
    await door.start(runbook);
    const plan = {
      target: { kind: 'thing', namespace: 'prod', name: 'disk' },
      changes: [{ field: 'size', before: '1', after: '3' }],
      values: { before: 1, after: 3 },
      notes: [],
      unknowns: [],
      undo: { name: 'disk', size: 1 },
    };
    await door.settle({ purpose: 'plan', result: { ok: true, plan } });
    const planned = (await door.one('grow')).planned?.hash ?? '';
    expect(handoverDraft((await door.incident(1)) as never, door.now).needs).toContain(
      '“Resize disk” waits for a confirmation',
    );
    await door.send(ana, { do: 'confirm', at: { run: 1, step: 'grow', try: 1 }, hash: planned });
    await door.settle({ purpose: 'act', result: { ok: true, out: {} } });
    await door.settle({ purpose: 'verify', result: { ok: true, held: true, out: { size: 3 } } });
    const now = (await door.incident(1)) as never;
    expect(updateDraft(now, door.now)).toContain('Done: Resize disk.');
    expect(updateDraft(now, door.now)).toContain('Next: “Is it enough?” waits for an answer.');
    expect(handoverDraft(now, door.now)).toEqual({
      conditions: expect.stringMatching(/^SEV2, investigating, since 09:34 \(UTC\)\./),
      actions: 'Changed: Resize disk.\nOpen: Resize the disk.',
      needs: '“Is it enough?” waits for an answer.\nLeft behind: disk is larger.',
    });
    await door.send(ana, { do: 'resolve', at: door.now });
    expect(updateDraft((await door.incident(1)) as never, door.now)).toMatch(
      /The service is back since .*\nDone: Resize disk\.$/,
    );
  });
});
