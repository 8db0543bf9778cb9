/** An incident with things left behind, at the pure door: one from a step with a probe, the others written down by hand. */
import type { Answer, Asker, What } from '../../src/incidents/commands.ts';
import type { LooseEnd } from '../../src/incidents/loose-end.ts';
import { ana, bot, PureDoor, runbookOf } from './pure-door.ts';

const runbook = runbookOf(`
apiVersion: runbook/v1
id: resize
title: Resize
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
`);
const plan = {
  target: { kind: 'thing', namespace: 'prod', name: 'disk' },
  changes: [{ field: 'size', before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: [],
  unknowns: [],
  undo: { name: 'disk', size: 1 },
};

/** What the step leaves. */
export const DISK = 'L1.grow.1.0';

export class LeftStage {
  readonly door = new PureDoor();

  async begin(): Promise<this> {
    await this.door.declare();
    return this;
  }

  /** The step is being made: the disk may be larger. */
  async called(): Promise<this> {
    await this.door.start(runbook);
    await this.door.settle({ purpose: 'plan', result: { ok: true, plan } });
    const { planned } = await this.door.one('grow');
    const at = { run: 1, step: 'grow', try: 1 };
    await this.door.send(ana, { do: 'confirm', at, hash: planned?.hash ?? '' });
    return this;
  }

  /** The step was made, and leaves the disk larger. */
  async madeLarger(): Promise<this> {
    await this.called();
    await this.door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
    await this.door.settle({ purpose: 'verify', result: { ok: true, held: true } });
    return this;
  }

  /** The id of what was added. */
  async added(more: Partial<Extract<What, { do: 'add left' }>> = {}): Promise<string> {
    await this.send(ana, { do: 'add left', title: 'a debug pod', object: 'prod/pod/debug', ...more });
    return [...((await this.door.incident(1))?.looseEnds.keys() ?? [])].at(-1) ?? '';
  }

  send(by: Asker, what: What): Promise<Answer> {
    return this.door.send(by, what);
  }

  async end(id: string): Promise<LooseEnd> {
    const end = (await this.door.incident(1))?.looseEnds.get(id);
    if (!end) throw new Error(`${id} was never left`);
    return end;
  }

  /** `code` of a refusal, or ok. */
  async code(by: Asker, what: What): Promise<string> {
    const answer = await this.send(by, what);
    return answer.ok ? 'ok' : answer.code;
  }

  /** Every deadline of reminders that was ever put, by key. */
  reminders(): { key: string; due: number; what: What }[] {
    const rows = this.door.writes.flatMap(({ lookups }) =>
      lookups.put.filter(({ kind, key }) => kind === 'deadline' && key.includes('.kept.')),
    );
    const last = new Map(rows.map((row) => [row.key, row]));
    return [...last.values()].map(({ key, due = 0, value }) => ({ key, due, what: value as What }));
  }

  /** The clock comes to this deadline, and the bot brings it. */
  async fallsDue({ due, what }: { due: number; what: What }): Promise<Answer> {
    this.door.now = Math.max(this.door.now, due);
    return this.send(bot, what);
  }
}
