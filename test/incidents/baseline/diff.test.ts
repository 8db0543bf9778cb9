/** The difference of two snapshots: what is asked, what explains itself, what was not checked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { difference, PATRONI, type RecordedAct } from '../../../src/incidents/baseline/diff.ts';
import {
  DIGESTS,
  digestOf,
  hidden,
  imageOf,
  REPLICAS,
  SCALES,
  type Snapshot,
  type SnapshotField,
  type SnapshotObject,
  snapshotSchema,
  THERE,
} from '../../../src/incidents/baseline/snapshot.ts';

const START = Date.UTC(2024, 0, 10, 17, 34);
const later = (minutes: number) => START + minutes * 60_000;

const by = (manager: string, minutes: number) => ({ manager, at: later(minutes) });
const open = (value: string, writer?: SnapshotField['by']): SnapshotField => ({
  value,
  ...(writer ? { by: writer } : {}),
});

function snapshot(objects: readonly SnapshotObject[], more: Partial<Snapshot> = {}): Snapshot {
  return {
    format: 1,
    namespace: 'prod',
    takenAt: START,
    objects: [...objects],
    leftOut: [],
    notChecked: [],
    ...more,
  };
}

const one = (
  kind: string,
  name: string,
  fields: Record<string, SnapshotField>,
  writer?: SnapshotField['by'],
): SnapshotObject => ({ kind, name, fields, ...(writer ? { by: writer } : {}) });

const web = (replicas: string, writer?: SnapshotField['by']) =>
  one('Deployment', 'web', { [REPLICAS]: open(replicas, writer) });

describe('what is asked', () => {
  it('has field, both values, who wrote last and when', () => {
    const found = difference(snapshot([web('3')]), snapshot([web('0', by('kubectl-edit', 20))]));
    expect(found.questions).toEqual([
      {
        kind: 'Deployment',
        name: 'web',
        field: 'replicas',
        change: 'changed',
        before: '3',
        after: '0',
        by: 'kubectl-edit',
        at: later(20),
      },
    ]);
    expect(found.objects).toBe(1);
  });

  it('is a subject that a binding gained, and one that it lost', () => {
    const binding = (...subjects: string[]) =>
      one(
        'RoleBinding',
        'admin',
        Object.fromEntries(subjects.map((who) => [`subject User ${who}`, open(THERE, by('kubectl', 5))])),
        by('kubectl', 5),
      );
    const found = difference(snapshot([binding('jane', 'li')]), snapshot([binding('jane', 'kim')]));
    expect(found.questions).toMatchObject([
      { field: 'subject User kim', change: 'added', after: THERE },
      { field: 'subject User li', change: 'removed', before: THERE, by: 'kubectl', at: later(5) },
    ]);
  });

  it('is an object that was made, with what it is, and one that is gone, by nobody known', () => {
    const claim = (name: string) =>
      one('PersistentVolumeClaim', name, { 'size asked for': open('5Gi') }, by('kubectl', 3));
    const found = difference(snapshot([claim('old')]), snapshot([claim('new')]));
    expect(found.questions).toEqual([
      {
        kind: 'PersistentVolumeClaim',
        name: 'new',
        change: 'added',
        by: 'kubectl',
        at: later(3),
        made: [{ field: 'size asked for', value: '5Gi' }],
      },
      { kind: 'PersistentVolumeClaim', name: 'old', change: 'removed' },
    ]);
  });

  it('gives no value that is hidden', () => {
    const secret = (value: string) => one('Secret', 'login', { 'key PASSWORD': hidden('k', 'p', value) });
    const [asked] = difference(snapshot([secret('a')]), snapshot([secret('b')])).questions;
    expect(asked).toEqual({ kind: 'Secret', name: 'login', field: 'key PASSWORD', change: 'changed' });
  });

  it('names nobody whose writing is older than the first snapshot, for a field that is gone', () => {
    const object = (fields: Record<string, SnapshotField>, minutes: number) =>
      one('ConfigMap', 'settings', fields, by('helm', minutes));
    const before = snapshot([object({ 'key a': open('1') }, -500)]);
    expect(difference(before, snapshot([object({}, -500)])).questions[0]).not.toHaveProperty('by');
    expect(difference(before, snapshot([object({}, 4)])).questions[0]).toMatchObject({ by: 'helm' });
  });
});

it('of a tool that had written the field before tells no time', () => {
  const now = snapshot([web('0', by('kubectl-edit', -20))]);
  const [asked] = difference(snapshot([web('3', by('kubectl-edit', -20))]), now).questions;
  expect(asked).toMatchObject({ by: 'kubectl-edit' });
  expect(asked).not.toHaveProperty('at');
});

describe('what explains itself', () => {
  const reason = (before: Snapshot, now: Snapshot, acts: readonly RecordedAct[] = []) => {
    const found = difference(before, now, acts);
    return { asked: found.questions.length, why: found.leftOut.map(({ why }) => why) };
  };

  it.each([
    'kube-controller-manager',
    'argocd-controller',
    'postgrescluster-controller',
    'Patroni',
    'manager',
  ])('was written by %s', (manager) => {
    const found = reason(snapshot([web('3')]), snapshot([web('2', by(manager, 4))]));
    expect(found).toEqual({ asked: 0, why: [`${manager} keeps it`] });
  });

  it.each(['kubectl-edit', 'kubectl-client-side-apply', 'helm', 'node-fetch', 'Mozilla'])(
    'is not what %s wrote',
    (manager) => {
      expect(reason(snapshot([web('3')]), snapshot([web('2', by(manager, 4))])).asked).toBe(1);
    },
  );

  it('is the number that an autoscaler sets, whoever wrote it, but not that of another workload', () => {
    const scaler = one('HorizontalPodAutoscaler', 'web', { [SCALES]: open('Deployment web') });
    const api = (count: string) => one('Deployment', 'api', { [REPLICAS]: open(count, by('kubectl', 1)) });
    const before = snapshot([web('3'), api('3'), scaler]);
    const now = snapshot([web('9', by('kubectl', 1)), api('9'), scaler]);
    expect(reason(before, now)).toEqual({ asked: 1, why: ['an autoscaler sets it'] });
  });

  it("is the incident's own act, as long as nobody else wrote after it", () => {
    const acts = [{ kind: 'Deployment', name: 'web', uses: 'k8s.scale' }];
    const before = snapshot([web('3')]);
    expect(reason(before, snapshot([web('0', by('handrail', 2))]), acts)).toEqual({
      asked: 0,
      why: ['recorded in this incident'],
    });
    expect(reason(before, snapshot([web('1', by('kubectl-edit', 9))]), acts).asked).toBe(1);
    expect(reason(before, snapshot([web('0', by('handrail', 2))]))).toEqual({
      asked: 0,
      why: ['made with Handrail, recorded in another incident'],
    });
  });

  it('is an object that the incident removed; another one that is gone is asked about', () => {
    const before = snapshot([web('3'), one('StatefulSet', 'db', {})]);
    const acts = [{ kind: 'Deployment', name: 'web', uses: 'k8s.delete-workload' }];
    expect(difference(before, snapshot([]), acts).questions).toMatchObject([{ name: 'db' }]);
  });

  it('is an image digest beside another image, of fewer pods, or of pods that do not run', () => {
    const app = (image: string, digest?: string) =>
      one('Deployment', 'web', {
        [imageOf('web')]: open(image, by('kubectl-set', 3)),
        ...(digest === undefined ? {} : { [digestOf('web')]: open(digest, by('kubectl-set', 3)) }),
      });
    const asked = (before: SnapshotObject, now: SnapshotObject, more: Partial<Snapshot> = {}) =>
      difference(snapshot([before]), snapshot([now], more)).questions.map(({ field }) => field);
    expect(asked(app('web:1', 'sha256:a'), app('web:2', 'sha256:b'))).toEqual([imageOf('web')]);
    expect(asked(app('web:1', 'sha256:a, sha256:b'), app('web:1', 'sha256:b'))).toEqual([]);
    expect(asked(app('web:1', 'sha256:a'), app('web:1'))).toEqual([]);
    expect(asked(app('web:1', 'sha256:a'), app('web:1', 'sha256:a, sha256:c'))).toEqual([digestOf('web')]);
    const restarted = [{ kind: 'Deployment', name: 'web', uses: 'k8s.restart' }];
    const moved = [snapshot([app('web:1', 'sha256:a')]), snapshot([app('web:1', 'sha256:c')])] as const;
    expect(difference(...moved).questions).toMatchObject([{ field: digestOf('web'), after: 'sha256:c' }]);
    expect(difference(...moved).questions[0]).not.toHaveProperty('by');
    expect(difference(...moved, restarted).questions).toEqual([]);
    const unread = { notChecked: [{ kind: DIGESTS, why: 'no right' }] };
    expect(asked(app('web:1', 'sha256:a'), app('web:1', 'sha256:c'), unread)).toEqual([]);
  });

  it("is a pause that the incident made; the rest of Patroni's settings is asked about", () => {
    const cluster = (pause: string, wait: string) =>
      one(PATRONI, 'db', { pause: open(pause, by('Patroni', 4)), 'setting loop_wait': open(wait) });
    const acts = [{ kind: 'StatefulSet', name: 'db', uses: 'patroni.pause' }];
    const [before, now] = [snapshot([cluster('false', '10')]), snapshot([cluster('true', '30')])];
    expect(difference(before, now, acts).questions.map(({ field }) => field)).toEqual(['setting loop_wait']);
    expect(difference(before, now).questions).toHaveLength(2);
  });

  it('is an object that was left out in either snapshot', () => {
    const lock = one('ConfigMap', 'lock', { 'key a': open('1') });
    const without = snapshot([], { leftOut: [{ kind: 'ConfigMap', name: 'lock', why: 'a lock' }] });
    expect(difference(snapshot([lock]), without).questions).toEqual([]);
    expect(difference(without, snapshot([lock])).questions).toEqual([]);
  });
});

describe('what was not checked', () => {
  it('asks nothing of a kind that could not be read in one of them, and says so', () => {
    const blind = (why: string): Partial<Snapshot> => ({ notChecked: [{ kind: 'Deployment', why }] });
    const seen = snapshot([web('3')]);
    const now = difference(seen, snapshot([], blind('no right')));
    expect(now).toMatchObject({ questions: [], notChecked: [{ kind: 'Deployment', why: 'no right' }] });
    const then = difference(snapshot([], blind('no right')), seen);
    expect(then).toMatchObject({ questions: [], notChecked: [{ kind: 'Deployment', why: 'no right then' }] });
    expect(then.objects).toBe(0);
  });
});

const word = fc.stringMatching(/^[a-z]{1,4}$/);
const fieldArbitrary: fc.Arbitrary<SnapshotField> = fc.record(
  { value: word, by: fc.record({ manager: word, at: fc.integer({ min: 0, max: later(60) }) }) },
  { requiredKeys: ['value'] },
);
const objectsArbitrary = fc.uniqueArray(
  fc.record({
    kind: fc.constantFrom('Deployment', 'Secret', 'RoleBinding'),
    name: word,
    fields: fc.dictionary(word, fieldArbitrary, { maxKeys: 4 }),
  }),
  { selector: ({ kind, name }) => `${kind} ${name}`, maxLength: 6 },
);

describe('for any two snapshots', () => {
  it('the same twice is no question', () => {
    fc.assert(
      fc.property(objectsArbitrary, (objects) => {
        expect(difference(snapshot(objects), snapshot(objects)).questions).toEqual([]);
      }),
    );
  });

  it('the order of objects and fields does not matter', () => {
    const turned = (objects: readonly SnapshotObject[]) =>
      objects.toReversed().map((each) => ({
        ...each,
        fields: Object.fromEntries(Object.entries(each.fields).toReversed()),
      }));
    fc.assert(
      fc.property(objectsArbitrary, objectsArbitrary, (a, b) => {
        expect(difference(snapshot(turned(a)), snapshot(turned(b)))).toEqual(
          difference(snapshot(a), snapshot(b)),
        );
      }),
    );
  });

  it('every field that differs is asked about or left out with a reason', () => {
    fc.assert(
      fc.property(objectsArbitrary, objectsArbitrary, (a, b) => {
        const found = difference(snapshot(a), snapshot(b));
        const names = (each: readonly SnapshotObject[]) => each.map(({ kind, name }) => `${kind} ${name}`);
        const lonely = names(a).filter((name) => !names(b).includes(name)).length;
        const fresh = names(b).filter((name) => !names(a).includes(name)).length;
        const whole = [...found.questions, ...found.leftOut].filter(({ field }) => field === undefined);
        expect(whole).toHaveLength(lonely + fresh);
        expect(found.leftOut.every(({ why }) => why.length > 3)).toBe(true);
      }),
    );
  });

  it('stays what it is through JSON and its schema', () => {
    fc.assert(
      fc.property(objectsArbitrary, (objects) => {
        const stored = snapshotSchema.parse(JSON.parse(JSON.stringify(snapshot(objects))));
        expect(difference(snapshot(objects), stored).questions).toEqual([]);
      }),
    );
  });
});

describe('hashes of values', () => {
  it('tell a change, and are unlike with another key or in another place', () => {
    const same = hidden('key', 'Secret/a/x', 'value');
    expect(hidden('key', 'Secret/a/x', 'value')).toEqual(same);
    expect(hidden('key', 'Secret/a/x', 'other').value).not.toBe(same.value);
    expect(hidden('other', 'Secret/a/x', 'value').value).not.toBe(same.value);
    expect(hidden('key', 'Secret/b/x', 'value').value).not.toBe(same.value);
    expect(JSON.stringify(same)).not.toContain('"value":"value"');
  });
});
