// Every action that asks Patroni, before members that answer something else, nothing, or not all the same.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Action, ActionFailed } from '../../../src/actions/action.ts';
import { patroniActions } from '../../../src/actions/patroni/index.ts';
import { describeWith } from '../../support/requirements.ts';
import { direct, NAMES, type PatroniStage, startPatroniStage } from '../patroni/patroni-stage.ts';
import { leader, listed, replica } from '../patroni/stand-in.ts';
import { type Ending, endingOf, faultsOf, planned } from './ending.ts';

const PARAMS: Readonly<Record<string, object>> = {
  'patroni.member': { member: NAMES[1] },
  'patroni.switchover': { candidate: NAMES[1] },
  'patroni.restart': { member: NAMES[1] },
  'patroni.reinitialize': { member: NAMES[1] },
};

interface Told {
  leaders?: number;
  reachable?: number;
  unknowns?: string[];
}

describeWith(['controlPlane'], 'Patroni in trouble', () => {
  let at: PatroniStage;
  beforeAll(async () => {
    at = await startPatroniStage();
  });
  afterAll(async () => {
    await at?.stop();
  });
  beforeEach(() => {
    at.reset();
  });

  const everybody = (answer: object | string) => {
    at.list(answer);
    for (const { state } of at.standIns) {
      state.patroni = answer;
      state.history = answer;
    }
  };

  async function ask(action: Action): Promise<Ending> {
    const params = action.params.parse({ statefulset: 'prod-patroni', ...PARAMS[action.name] });
    const controller = new AbortController();
    const limit = setTimeout(
      () => controller.abort(new ActionFailed('It did not answer within 60 s.')),
      60_000,
    );
    const call = at.stage.call(params, { signal: controller.signal });
    const asking = { ...call, reach: { ...call.reach, ...direct } };
    const ending = await endingOf(async () =>
      action.changes ? await action.plan(asking as never) : await action.run(asking as never),
    );
    clearTimeout(limit);
    return ending;
  }

  it.each<[string, () => void, Told]>([
    [
      'a web page',
      () => everybody('<!DOCTYPE html><html><body>502 Bad Gateway</body></html>'),
      { reachable: 0 },
    ],
    ['plain words', () => everybody('not authenticated'), { reachable: 0 }],
    ['nothing', () => everybody(''), { reachable: 0 }],
    ['an empty object', () => everybody({}), { reachable: 0 }],
    ['a list', () => everybody([]), { reachable: 0 }],
    ['an answer of another program', () => everybody({ status: 'UP', components: {} }), { reachable: 0 }],
    ['silence', () => everybody('hang'), { reachable: 0 }],
    [
      'far too long an answer',
      () => everybody({ ...leader(0x5000148), filling: 'x'.repeat(5 * 1024 * 1024) }),
      { reachable: 0 },
    ],
    [
      'a listing that hangs',
      () => at.list('hang'),
      { leaders: 1, unknowns: [expect.stringContaining('may hang') as string] },
    ],
    [
      'two leaders',
      () => {
        at.standIns[1].state.patroni = leader(0x5000100, 2);
      },
      { leaders: 2 },
    ],
    [
      'none',
      () => {
        at.standIns[0].state.patroni = replica(0x5000148, 0x5000148, 1, { cluster_unlocked: true });
        at.list({ members: NAMES.map((name) => listed(name, 'replica')) });
      },
      { leaders: 0 },
    ],
    ['an empty listing', () => at.list({ members: [] }), { leaders: 1 }],
    [
      'a listing of strangers',
      () => at.list({ members: [listed('stranger-0', 'leader'), listed('stranger-1', 'replica')] }),
      {},
    ],
    [
      'roles and states that nobody knows',
      () => {
        for (const { state } of at.standIns) {
          state.patroni = { ...replica(1, 1), role: 'demigod', state: 'meditating', timeline: -1, xlog: {} };
        }
      },
      { leaders: 0 },
    ],
    [
      'a history of nonsense',
      () => {
        for (const { state } of at.standIns) state.history = [[1, 'x', null], 'y', {}];
      },
      { leaders: 1 },
    ],
  ])('%s', { timeout: 240_000 }, async (_name, become, told) => {
    become();
    const faults = await Promise.all(
      patroniActions.map(async (action) => {
        const ending = await ask(action);
        const found = faultsOf(action.changes ? planned : action.output, ending, undefined, undefined);
        if (action.name === 'patroni.cluster') expect(ending).toMatchObject({ how: 'gave', out: told });
        if (/switchover|reinitialize/.test(action.name)) {
          // Who leads and who has the newest data must be known for these.
          expect(ending).toMatchObject({ how: 'refused', failed: { nothingHappened: true } });
        }
        return found.map((fault) => `${action.name}: ${fault}`);
      }),
    );
    expect(faults.flat()).toEqual([]);
  });
});
