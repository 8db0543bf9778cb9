// A member that crash-loops cannot be entered: its WAL is read through a helper pod on its volume (k8s.debug-copy).
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Action, Call, ChangingAction, ReadingAction } from '../../src/actions/action.ts';
import { actions } from '../../src/actions/index.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { type Lab, openLab } from '../support/lab/lab.ts';
import { crashMember, startMemberWith } from '../support/lab/trouble.ts';
import { GOOD_IMAGE, MEMBERS, SCOPE, VOLUME_MOUNT } from '../support/lab/world/patroni.ts';
import { describeWith } from '../support/requirements.ts';

const PATIENCE = 240_000;
const SET = { statefulset: SCOPE };

interface Positions {
  answer: string;
  newest?: string;
  unread: string[];
  members: { name: string; state: string; role: string; wal_position?: string; behind_bytes?: number }[];
  words: string[];
}

describeWith(['lab'], 'a member that cannot be entered', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  }, 180_000);
  afterAll(() => lab?.close(), 60_000);

  const named = (name: string): Action => {
    const found = actions.find((action) => action.name === name);
    if (!found) throw new Error(`no action ${name}`);
    return found;
  };
  const call = (action: Action, params: object): Call => ({
    params: action.params.parse(params),
    namespace: lab.namespace,
    incident: 7,
    operation: crypto.randomUUID(),
    signal: AbortSignal.timeout(150_000),
    now: () => new Date(),
    reach: {
      kubernetes: async () => lab.config,
      catalog: { systems: [] },
      podAddress: () => undefined,
      secret: () => undefined,
    },
    progress: () => undefined,
  });
  const look = async (): Promise<Positions> => {
    const action = named('patroni.wal-positions') as ReadingAction<Record<string, unknown>>;
    return (await action.run(call(action, SET))) as Positions;
  };
  const sql = (pod: string, statement: string) =>
    lab.kubectl('exec', pod, '--', 'psql', '-XAtqc', statement, 'app');

  it(
    'is unknown while nothing reads its volume, and known through a helper, with nothing written to it',
    async () => {
      const leader = await lab.untilLed(60);
      const [down] = MEMBERS.filter((member) => member !== leader) as [string];
      await crashMember(lab, down);
      await sql(
        leader,
        "insert into orders (id, what) select n, repeat('x', 200) from generate_series(700000, 702000) n",
      );

      const before = await look();
      expect(before.unread).toEqual([down]);
      expect(before.answer).toBe('unknown');

      const action = named('k8s.debug-copy') as ChangingAction<object>;
      const planning = call(action, { pod: down });
      const plan = await action.plan(planning);
      const made = (await action.run({ ...planning, plan, stillOurs: async () => true })) as { pod: string };
      await waitUntil(
        'the helper runs',
        async () => {
          const { status } = await lab.core.readNamespacedPod({ namespace: lab.namespace, name: made.pod });
          return status?.phase === 'Running';
        },
        { seconds: 60 },
      );

      const after = await waitUntil(
        'it is read through the helper',
        async () => {
          const seen = await look();
          return seen.unread.length === 0 ? seen : undefined;
        },
        { seconds: 60 },
      );
      const member = after.members.find(({ name }) => name === down);
      expect(member).toMatchObject({ state: 'stopped', role: 'standby' });
      expect(member?.behind_bytes).toBeGreaterThan(200_000);
      expect(after.words.join('\n')).toContain(`read through ${made.pod}`);
      expect([after.answer, after.newest]).not.toEqual(['newest', down]);
      expect(['newest', 'equal']).toContain(after.answer);
      // The helper cannot write there, not even by mistake.
      const touch = `touch ${VOLUME_MOUNT}/x 2>&1; echo ended with $?`;
      const written = await lab.kubectl('exec', made.pod, '--', 'sh', '-c', touch);
      expect(written).toMatch(/Read-only file system[^]*ended with 1/);

      // Once it can be entered again, it is read in its own pod, and has come to the same place.
      await lab.kubectl('delete', 'pod', made.pod, '--grace-period=1');
      await startMemberWith(lab, down, GOOD_IMAGE);
      const whole = await waitUntil(
        'all have the same',
        async () => {
          const seen = await look();
          return seen.answer === 'equal' && seen.unread.length === 0 ? seen : undefined;
        },
        { seconds: 120 },
      );
      expect(whole.words.join('\n')).not.toContain('read through');
      expect(await sql(down, 'select count(*) from orders where id between 700000 and 702000')).toBe('2001');
    },
    PATIENCE,
  );
});
