/** A target that counts its own changes, and the runbook that changes it: what the tests of meetings meet at. */
import { z } from 'zod';
import { type Action, ActionFailed, type ChangingCall } from '../../src/actions/action.ts';
import type { Outcome } from '../../src/incidents/commands.ts';
import type { NewAttempt } from '../../src/incidents/draft.ts';
import { planHash } from '../../src/incidents/hash.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { register, runbookOf } from './pure-door.ts';

export class Disk {
  size = 1;
  /** How often the world was changed, counted where it is changed. */
  changes = 0;
  #generation = 1;
  readonly #made = new Set<string>();
  /** What happens between the last look and the write. */
  beforeWrite: (call: ChangingCall) => Promise<void> = async () => undefined;

  plan(): Plan {
    return {
      target: { kind: 'thing', namespace: 'prod', name: 'disk' },
      changes: [{ field: 'size', before: String(this.size), after: '3' }],
      values: { before: this.size, after: 3 },
      notes: [],
      unknowns: [],
      undo: { name: 'disk', size: this.size },
    };
  }

  /** Somebody else changed it, not through us. */
  edit(size: number): void {
    this.size = size;
    this.#generation++;
  }

  get generation(): number {
    return this.#generation;
  }

  /** False: it takes every write, whatever was read before. */
  guarded = true;

  /** The write and its precondition, as one step of the target. */
  write(operation: string, seen: number): void {
    if (this.guarded && seen !== this.#generation)
      throw new ActionFailed('The object was changed by somebody else in the meantime.', {
        nothingHappened: true,
      });
    this.size = 3;
    this.changes++;
    this.#generation++;
    this.#made.add(operation);
  }

  happened(operation: string): 'made' | 'not made' {
    return this.#made.has(operation) ? 'made' : 'not made';
  }

  actions(): Map<string, Action> {
    const rights = { kubernetes: [], postgres: [] };
    const size = { ...register('t.size'), rights, run: async () => ({ size: this.size }) };
    const resize = {
      ...register('t.resize'),
      output: z.object({ size: z.int() }),
      rights,
      guard: this.guarded ? 'The generation that was read.' : 'none',
      plan: async () => this.plan(),
      run: async (call: ChangingCall) => {
        const seen = this.#generation;
        await this.beforeWrite(call);
        this.write(call.operation, seen);
        return { size: this.size };
      },
      happened: async ({ operation }: ChangingCall) => this.happened(operation),
    };
    return new Map([size, resize].map((action) => [action.name ?? '', action as unknown as Action]));
  }
}

/** What a worker would bring, from the disk as it is now. */
export function outcomeOf(
  disk: Disk,
  { purpose, uses, args, planHash: confirmed, operation }: NewAttempt,
): Outcome {
  switch (purpose) {
    case 'check':
      return { purpose, result: { ok: true, out: { size: disk.size } } };
    case 'plan':
      return { purpose, result: { ok: true, plan: disk.plan() } };
    case 'act': {
      const nothing = { ok: false, nothingHappened: true } as const;
      if (planHash(uses, args, disk.plan()) !== confirmed)
        return {
          purpose,
          result: { ...nothing, planChanged: true, says: 'read the new plan and confirm again.' },
        };
      disk.write(operation, disk.generation);
      return { purpose, result: { ok: true, out: { size: disk.size } } };
    }
    case 'happened':
      return { purpose, result: { ok: true, happened: disk.happened(operation) } };
    case 'verify':
      return { purpose, result: { ok: true, held: disk.size === 3, out: { size: disk.size } } };
    case 'probe':
      return { purpose, result: { ok: true, gone: disk.size !== 3 } };
  }
}

/** One change of the disk: `confirm` as YAML. */
export const resizing = (confirm = '{ level: click }', more = '') =>
  runbookOf(`
apiVersion: runbook/v1
id: resize
title: Resize
summary: Makes it larger.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: grow
    kind: act
    title: Resize the disk
    uses: t.resize
    with: { name: disk, size: 3 }
    timeout: 30s
    confirm: ${confirm}
    locks: [prod/thing/disk]
    verify: { uses: t.size, with: { name: disk }, until: out.size == 3, timeout: 5s }
    undo: auto
    leaves: { nothing: a test leaves nothing }
${more}`);

export const TWO_PERSON = '{ level: two-person, from: ["group:dba"] }';
