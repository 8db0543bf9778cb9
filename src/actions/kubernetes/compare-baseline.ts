/** `k8s.compare-baseline`: what is not as it was when the incident was declared, and what nobody recorded of it. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { difference, type Question } from '../../incidents/baseline/diff.ts';
import type { NotChecked, Snapshot } from '../../incidents/baseline/snapshot.ts';
import { notCheckedWords, whatChangedWhen } from '../../incidents/baseline/words.ts';
import { reading } from '../define.ts';
import type { StoredBaseline } from '../reach.ts';
import { kubectl } from './by-hand.ts';
import { SNAPSHOT_RIGHTS, takeSnapshot } from './snapshot/take.ts';

/** As many as fit into a message; the count is of all. */
const MOST = 100;

export const compareBaseline = reading({
  name: 'k8s.compare-baseline',
  version: 1,
  params: z.object({}),
  output: z.object({
    differences: z.array(
      z.object({
        kind: z.string(),
        name: z.string(),
        /** Absent: the whole object was made or is gone. */
        field: z.string().optional(),
        change: z.enum(['added', 'removed', 'changed']),
        /** Absent where there was none, and where it may be a secret. */
        before: z.string().optional(),
        after: z.string().optional(),
        /** The tool that wrote it last, as the object itself remembers. */
        by: z.string().optional(),
        /** ISO time; about. */
        at: z.string().optional(),
      }),
    ),
    /** The same in words. */
    lines: z.array(z.string()),
    /** Absent when there is nothing to compare with: that is not 0. */
    count: z.int().optional(),
    /** Differences that explain themselves: written by a controller, or recorded in this incident. */
    left_out: z.int(),
    /** How many objects were looked at. */
    objects: z.int(),
    /** Kinds of object that could not be read now, or then. */
    not_checked: z.array(z.string()),
    /** ISO time of the snapshot that is compared with; absent when there is none. */
    taken_at: z.string().optional(),
    /** The same in words, with how long that is ago. */
    since: z.string().optional(),
    unknowns: z.array(z.string()),
  }),
  rights: { kubernetes: SNAPSHOT_RIGHTS, postgres: [] },
  byHand: (_params, namespace) => [
    kubectl(namespace, 'get deployments,statefulsets,services,configmaps -o yaml --show-managed-fields'),
    kubectl(
      namespace,
      'get rolebindings,horizontalpodautoscalers,serviceaccounts,pvc -o yaml --show-managed-fields',
    ),
    kubectl(namespace, 'get secrets'),
  ],

  async run(call) {
    const stored: StoredBaseline = (await call.reach.baseline?.(call.incident, call.namespace)) ?? {
      found: false,
      says: 'nothing is stored here that could be compared with',
    };
    // Read in any case: what may not be read is said before somebody counts on it.
    const now = await takeSnapshot(call, stored.found ? stored.key : randomUUID());
    if (!stored.found) {
      const unknowns = [`whether anything changed: ${stored.says}`, ...now.notChecked.map(unknown)];
      return {
        differences: [],
        lines: [],
        left_out: 0,
        objects: now.objects.length,
        not_checked: now.notChecked.map(notCheckedWords),
        unknowns,
      };
    }
    const { questions, leftOut, notChecked, objects } = difference(stored.snapshot, now, stored.acts);
    const unknowns = notChecked.map(unknown);
    if (questions.length > MOST) unknowns.push(`${questions.length - MOST} more differences are not listed`);
    const shown = questions.slice(0, MOST);
    return {
      differences: shown.map(typed),
      lines: shown.map((question) => whatChangedWhen(question, minute)),
      count: questions.length,
      left_out: leftOut.length,
      objects,
      not_checked: notChecked.map(notCheckedWords),
      taken_at: new Date(stored.snapshot.takenAt).toISOString(),
      since: sinceWords(stored.snapshot, call.now().getTime()),
      unknowns,
    };
  },
});

function typed({ made: _made, at, ...question }: Question) {
  return { ...question, ...(at === undefined ? {} : { at: new Date(at).toISOString() }) };
}

/** "no right to list secrets: ask the platform team (Secret)": a missing right first, as everywhere. */
function unknown({ kind, why }: NotChecked): string {
  return why.startsWith('no right') ? `${why} (${kind} not checked)` : `${kind} not checked: ${why}`;
}

function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

function sinceWords({ takenAt }: Snapshot, now: number): string {
  const minutes = Math.max(0, Math.round((now - takenAt) / 60_000));
  const long = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  return `${minute(takenAt)}, ${long} ago`;
}
