/** The difference of two snapshots of one namespace: what a person has to be asked about, and what explains itself. */
import { isController } from './left-out.ts';
import {
  DIGESTS,
  imageOfDigest,
  type NotChecked,
  objectName,
  REPLICAS,
  SCALES,
  type Snapshot,
  type SnapshotField,
  type SnapshotObject,
  type Writer,
} from './snapshot.ts';

/** One thing that is not as it was, and that no record explains. */
export interface Question {
  readonly kind: string;
  readonly name: string;
  /** Absent: the whole object was made or is gone. */
  readonly field?: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Values as people may see them; absent where there was none, or where it is hidden. */
  readonly before?: string;
  readonly after?: string;
  /** The tool that wrote it last, and about when (ms); absent where the cluster does not remember. */
  readonly by?: string;
  readonly at?: number;
  /** Of an object that was made: what it is, field by field, as far as it may be seen. */
  readonly made?: readonly { readonly field: string; readonly value: string }[];
}

export interface LeftOut {
  readonly object: string;
  readonly field?: string;
  readonly why: string;
}

/** A change that the incident itself recorded: on which object, with which action. */
export interface RecordedAct {
  readonly kind: string;
  readonly name: string;
  readonly uses: string;
  /** Somebody said to have done it with commands that name the object. */
  readonly byHand?: true;
}

export interface Difference {
  readonly questions: readonly Question[];
  readonly leftOut: readonly LeftOut[];
  readonly notChecked: readonly NotChecked[];
  /** How many objects were looked at, in either snapshot. */
  readonly objects: number;
}

/** The name under which Handrail writes (managedFields). */
const OURS = 'handrail';

/** The same snapshot twice gives nothing; neither the order of objects nor that of fields matters. */
export function difference(before: Snapshot, now: Snapshot, acts: readonly RecordedAct[] = []): Difference {
  const unread = new Set([...before.notChecked, ...now.notChecked].map(({ kind }) => kind));
  const ofMachinery = new Set([...before.leftOut, ...now.leftOut].map(objectName));
  const [then, today] = [byName(before.objects), byName(now.objects)];
  const names = [...new Set([...then.keys(), ...today.keys()])].sort();
  const found: Found[] = [];
  let objects = 0;
  for (const name of names) {
    const [old, live] = [then.get(name), today.get(name)];
    const one = old ?? live;
    if (!one || unread.has(one.kind) || ofMachinery.has(name)) continue;
    objects++;
    if (old && live) found.push(...changesOf(old, live, before.takenAt, unread));
    else if (live) found.push(madeNew(live));
    else found.push(gone(one));
  }
  const scaled = new Set(
    [...before.objects, ...now.objects].flatMap((one) => {
      const target = one.kind === 'HorizontalPodAutoscaler' ? one.fields[SCALES] : undefined;
      return target ? [target.value] : [];
    }),
  );
  const questions: Question[] = [];
  const leftOut: LeftOut[] = [];
  for (const { writer, ...question } of found) {
    const why = explained(question, writer, scaled, acts);
    if (why === undefined) questions.push(question);
    else {
      const { field } = question;
      leftOut.push({ object: objectName(question), ...(field === undefined ? {} : { field }), why });
    }
  }
  return { questions, leftOut, notChecked: together(before.notChecked, now.notChecked), objects };
}

type Found = Question & { readonly writer: Writer | undefined };

function byName(objects: readonly SnapshotObject[]): Map<string, SnapshotObject> {
  return new Map(objects.map((one) => [objectName(one), one]));
}

function madeNew(live: SnapshotObject): Found {
  const { kind, name, by, fields } = live;
  const made = Object.entries(fields)
    .filter(([, { hidden }]) => !hidden)
    .map(([field, { value }]) => ({ field, value }))
    .sort((a, b) => (a.field < b.field ? -1 : 1));
  return { kind, name, change: 'added', ...told(by), writer: by, made };
}

/** Who removed an object is not in it any more. */
function gone({ kind, name, by }: SnapshotObject): Found {
  return { kind, name, change: 'removed', writer: by };
}

/** `since`: ms; a writing before it cannot be the one that changed a field. */
function changesOf(
  old: SnapshotObject,
  live: SnapshotObject,
  since: number,
  unread: ReadonlySet<string>,
): Found[] {
  const { kind, name } = live;
  const fields = [...new Set([...Object.keys(old.fields), ...Object.keys(live.fields)])].sort();
  return fields.flatMap((field): Found[] => {
    const [was, is] = [old.fields[field], live.fields[field]];
    if (was && is && was.value === is.value) return [];
    if (!comparable(field, was, is, old, live, unread)) return [];
    const lately = live.by && isSince(live.by, since) ? live.by : undefined;
    // The image behind a tag is nobody's field: it changes where the tag is moved and pods are made anew.
    const writer = imageOfDigest(field) === undefined ? (is?.by ?? lately) : undefined;
    return [
      {
        kind,
        name,
        field,
        change: was && is ? 'changed' : is ? 'added' : 'removed',
        ...(was && !was.hidden ? { before: was.value } : {}),
        ...(is && !is.hidden ? { after: is.value } : {}),
        // Servers up to 1.20 keep the first time of a tool that writes a field again: it is not when it changed.
        ...(writer && !isSince(writer, since) ? { by: writer.manager } : told(writer)),
        writer,
      },
    ];
  });
}

/** The cluster remembers whole seconds. */
function isSince({ at }: Writer, since: number): boolean {
  return at > since - 1000;
}

function told(writer: Writer | undefined): { by?: string; at?: number } {
  return writer ? { by: writer.manager, at: writer.at } : {};
}

/**
 * False for a digest that says nothing by itself: a pod that does not run has none, another image has another one, and
 * what the pods of an ended rollout ran is part of what they ran before.
 */
function comparable(
  field: string,
  was: SnapshotField | undefined,
  is: SnapshotField | undefined,
  old: SnapshotObject,
  live: SnapshotObject,
  unread: ReadonlySet<string>,
): boolean {
  const image = imageOfDigest(field);
  if (image === undefined) return true;
  if (!was || !is || unread.has(DIGESTS)) return false;
  if (old.fields[image]?.value !== live.fields[image]?.value) return false;
  const known = new Set(was.value.split(', '));
  return is.value.split(', ').some((digest) => !known.has(digest));
}

/** Why nobody has to be asked; undefined for a question. */
function explained(
  question: Question,
  writer: Writer | undefined,
  scaled: ReadonlySet<string>,
  acts: readonly RecordedAct[],
): string | undefined {
  const { kind, field } = question;
  if (field === REPLICAS && scaled.has(objectName(question))) return 'an autoscaler sets it';
  // Patroni writes what it was told through its own API: the writer says nothing about who wanted it.
  if (kind === PATRONI) {
    const pausing = acts.some(({ uses }) => uses === 'patroni.pause' || uses === 'patroni.resume');
    return field === 'pause' && pausing ? RECORDED : undefined;
  }
  const ours = acts.filter((act) => act.kind === kind && act.name === question.name);
  if (ours.some(({ byHand }) => byHand)) return RECORDED;
  const own = ours.length > 0;
  if (question.change === 'removed' && field === undefined) {
    if (own) return RECORDED;
    return writer && isController(writer.manager) ? `${writer.manager} had made it` : undefined;
  }
  if (!writer) return own ? RECORDED : undefined;
  if (writer.manager === OURS) return own ? RECORDED : 'made with Handrail, recorded in another incident';
  return isController(writer.manager) ? `${writer.manager} keeps it` : undefined;
}

/** The kind under which the settings of a Patroni cluster stand in a snapshot. */
export const PATRONI = 'Patroni';
const RECORDED = 'recorded in this incident';

/** Each kind once, with the reason of the first that could not read it. */
function together(before: readonly NotChecked[], now: readonly NotChecked[]): NotChecked[] {
  const all = new Map<string, NotChecked>();
  const today = new Set(now.map(({ kind }) => kind));
  for (const one of before) all.set(one.kind, today.has(one.kind) ? one : { ...one, why: `${one.why} then` });
  for (const one of now) if (!all.has(one.kind)) all.set(one.kind, one);
  return [...all.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1));
}
