/** Patroni's store as objects of a real API server: pausing when no member answers, and the last known position. */
import type { CoreV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ActionFailed, type ChangingAction, type ReadingAction } from '../../../src/actions/action.ts';
import { patroniActions } from '../../../src/actions/patroni/index.ts';
import { NAMESPACE } from '../../support/pod-stage.ts';
import { describeWith } from '../../support/requirements.ts';
import { direct, NAMES, type PatroniStage, startPatroniStage } from './patroni-stage.ts';
import { leader, listed, replica } from './stand-in.ts';

const named = (name: string) => patroniActions.find((one) => one.name === `patroni.${name}`) as never;
const pause = named('pause') as ChangingAction<unknown, { paused: boolean; unaware: string[] }>;
const resume = named('resume') as typeof pause;
const switchover = named('switchover') as ChangingAction<unknown>;
const restart = named('restart') as ChangingAction<unknown>;
const history = named('history') as ReadingAction<unknown, { lines: string[]; timeline: number }>;
const positions = named('wal-positions') as ReadingAction<
  unknown,
  { answer: string; at_least?: string; unknowns: string[] }
>;

const SETTINGS = { ttl: 30, loop_wait: 10, postgresql: { parameters: { max_connections: 100 } } };

describeWith(
  ['controlPlane'],
  'Patroni with members that do not answer well (stand-in for its REST API)',
  () => {
    let at: PatroniStage;
    let core: CoreV1Api;
    beforeAll(async () => {
      at = await startPatroniStage();
      core = at.stage.core;
      await at.makeSet('asleep', 2);
      await at.makeSet('elsewhere', 1);
      await at.makeSet('by-map', 1);
      const annotations = { config: JSON.stringify(SETTINGS), history: '[]' };
      await core.createNamespacedEndpoints({
        namespace: NAMESPACE,
        body: { metadata: { name: 'asleep-config', annotations } },
      });
      await core.createNamespacedEndpoints({
        namespace: NAMESPACE,
        body: { metadata: { name: 'asleep', annotations: { leader: 'asleep-0', optime: '219375408' } } },
      });
      await core.createNamespacedConfigMap({
        namespace: NAMESPACE,
        body: { metadata: { name: 'by-map-config', annotations } },
      });
      await core.createNamespacedConfigMap({
        namespace: NAMESPACE,
        body: { metadata: { name: 'by-map-leader', annotations: { optime: 'unreadable' } } },
      });
    });
    afterAll(async () => {
      await at?.stop();
    });
    beforeEach(() => at.reset());
    const failure = async (promise: Promise<unknown>): Promise<ActionFailed> => {
      const error = await promise.then(
        (value) => new Error(`it did not fail, it gave ${JSON.stringify(value)}`),
        (thrown: unknown) => thrown,
      );
      if (error instanceof ActionFailed) return error;
      throw error;
    };
    const callOf = (
      action: { params: { parse(value: unknown): unknown } },
      params: object,
      operation = 'op-1',
    ) => {
      const call = at.stage.call(action.params.parse(params), { operation });
      return { ...call, reach: { ...call.reach, ...direct } };
    };

    it.each([
      ['asleep', 'Endpoints', (name: string) => core.readNamespacedEndpoints({ namespace: NAMESPACE, name })],
      ['by-map', 'ConfigMap', (name: string) => core.readNamespacedConfigMap({ namespace: NAMESPACE, name })],
    ] as const)(
      'pauses %s through its %s when no member answers, and resumes it',
      async (statefulset, kind, readObject) => {
        const name = `${statefulset}-config`;
        const settings = async () =>
          JSON.parse((await readObject(name)).metadata?.annotations?.['config'] ?? '');
        const call = callOf(pause, { statefulset }, `pause-${kind}`);
        const plan = await pause.plan(call);
        expect(plan).toMatchObject({
          target: { kind, name, uid: expect.any(String) },
          changes: [{ field: 'pause', before: 'false', after: 'true' }],
          unknowns: [expect.stringMatching(/^no member answers/)],
        });
        const made = { ...call, plan, stillOurs: async () => true };
        expect(await settings()).toEqual(SETTINGS);
        expect(await pause.happened(made)).toBe('not made');
        expect(await failure(pause.run({ ...made, stillOurs: async () => false }))).toMatchObject({
          nothingHappened: true,
        });
        expect(await pause.run(made)).toEqual({ paused: true, unaware: [] });
        expect(await settings()).toEqual({ ...SETTINGS, pause: true });
        expect(await pause.happened(made)).toBe('made');
        // Its trace tells it from another one; what else is written there stays.
        expect((await readObject(name)).metadata?.annotations).toMatchObject({
          history: '[]',
          'handrail.dev/operation': `pause-${kind}`,
        });
        const again = callOf(resume, { statefulset }, `resume-${kind}`);
        const back = { ...again, plan: await resume.plan(again), stillOurs: async () => true };
        expect(await resume.run(back)).toEqual({ paused: false, unaware: [] });
        expect(await settings()).toEqual(SETTINGS);
        expect(await pause.happened(made)).toBe('made');
      },
    );

    it('says that the store is not Kubernetes when there is no such object', async () => {
      const said = await failure(pause.plan(callOf(pause, { statefulset: 'elsewhere' })));
      expect(said.nothingHappened).toBe(true);
      expect(said.says).toMatch(
        /^No member of elsewhere answers .* its store is not Kubernetes\. Write "pause": true to /,
      );
    });

    it('takes the last position that the leader published as a lower bound', async () => {
      const seen = await positions.run(callOf(positions, { statefulset: 'asleep' }));
      expect(seen).toMatchObject({ answer: 'unknown', at_least: '0/D136730' });
      expect((await positions.run(callOf(positions, { statefulset: 'by-map' }))).at_least).toBeUndefined();
    });

    it('reads the history, and what is none', async () => {
      at.standIns[0].state.history = 'hang';
      at.standIns[1].state.history = '<html>502</html>';
      at.standIns[2].state.history = [
        [1, 83886240, 'no recovery target specified', '2026-11-20T15:53:44+00:00', NAMES[1]],
        [2, 175922016, 'x'],
      ];
      expect(await history.run(callOf(history, { statefulset: 'prod-patroni' }))).toMatchObject({
        timeline: 3,
        changes: 2,
        lines: [
          `timeline 1 was left at 0/50000A0, 2026-11-20T15:53:44+00:00, then ${NAMES[1]} led`,
          'timeline 2 was left at 0/A7C5B60',
        ],
      });
      for (const one of at.standIns) one.state.history = '<html><body>502 Bad Gateway</body></html>';
      const said = await failure(history.run(callOf(history, { statefulset: 'prod-patroni' })));
      expect(said.says).toMatch(
        /No member of prod-patroni says its history \(what it answers is not what Patroni answers/,
      );
    });

    it.each([
      [
        'two leaders',
        () => {
          at.standIns[1].state.patroni = leader(0x5000100, 2);
        },
      ],
      [
        'none',
        () => {
          at.standIns[0].state.patroni = replica(0x5000148, 0x5000148, 1, { cluster_unlocked: true });
        },
      ],
      [
        'a page of a proxy',
        () => {
          at.list('<html>no upstream</html>');
          for (const one of at.standIns) one.state.patroni = '<html>no upstream</html>';
        },
      ],
      [
        'no answer',
        () => {
          at.list('hang');
          for (const one of at.standIns) one.state.patroni = 'hang';
        },
      ],
      [
        'a listing of others',
        () => {
          at.list({ members: [listed('stranger-0', 'leader')] });
        },
      ],
    ])('switches, restarts and reinitialises nothing with %s', async (_name, become) => {
      become();
      for (const [action, params] of [
        [switchover, { candidate: NAMES[2] }],
        [named('reinitialize') as typeof switchover, { member: NAMES[2] }],
      ] as const) {
        const said = await failure(action.plan(callOf(action, { statefulset: 'prod-patroni', ...params })));
        expect(said.says).toMatch(/^Not done: it is unknown who has the newest data \(/);
        expect(said.nothingHappened).toBe(true);
      }
    });

    it('does not restart a member whose REST API is not its own Patroni', async () => {
      for (const said of ['<html>no upstream</html>', { state: 'running' }]) {
        at.standIns[2].state.patroni = said;
        const error = await failure(
          restart.plan(callOf(restart, { statefulset: 'prod-patroni', member: NAMES[2] })),
        );
        expect(error.says).toMatch(/what Patroni answers/i);
        expect(error.nothingHappened).toBe(true);
      }
      expect(
        (await failure(restart.plan(callOf(restart, { statefulset: 'prod-patroni', member: 'x-9' })))).says,
      ).toMatch(/^x-9 is no member of prod-patroni/);
    });
  },
);
