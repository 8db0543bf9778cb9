// Every changing action against an API server in every weather: a plan that holds, a change that was made, or a refusal
// in words that never says "nothing happened" when something did.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { ChangingAction, ChangingCall } from '../../../src/actions/action.ts';
import { actions } from '../../../src/actions/index.ts';
import type { Plan } from '../../../src/incidents/plan.ts';
import { type ControlPlane, startControlPlane } from '../../support/control-plane/control-plane.ts';
import { describeWith } from '../../support/requirements.ts';
import { EXAMPLES } from '../examples.ts';
import { renew, turnsOf } from '../kubernetes/renew.ts';
import { fillWorld } from '../kubernetes/rights-world.ts';
import { atOnce, callIn, type Ending, endingOf, faultsOf, planned } from './ending.ts';
import {
  type Course,
  type Forecast,
  type Options,
  type StormyProxy,
  startStormyProxy,
} from './stormy-proxy.ts';
import { HANGING, SAMPLE, UNCERTAIN, WEATHERS, type Weather } from './weathers.ts';

type Changing = ChangingAction<Record<string, unknown>, Record<string, unknown>>;
type Params = Readonly<Record<string, unknown>>;

const changers = actions.filter((action) => action.changes) as unknown as Changing[];
const fair: Forecast = () => undefined;
/** A pod here has no Patroni, no PostgreSQL and no file: their plans end in words in fair weather too. */
const REFUSED = /^(postgres|patroni|notify|k8s\.delete-file)\b/;
/** The time of a call that only its end ends. */
const SHORT_MS = 700;

interface Case {
  readonly where: string;
  readonly weather: Weather;
  readonly forecast: Forecast;
  readonly reached?: boolean;
}

interface Round {
  readonly told: (where: string) => (fault: string) => void;
  /** What hangs until its time is over is waited for last: nothing that it does depends on the others. */
  readonly slow: Promise<unknown>[];
}

describeWith(['controlPlane'], 'a changing action', () => {
  let plane: ControlPlane;
  let proxy: StormyProxy;
  beforeAll(async () => {
    plane = await startControlPlane();
    await plane.addKubelet({ name: 'node-a' });
    await fillWorld(plane.kubeconfig);
    proxy = await startStormyProxy(plane.kubeconfig);
  });
  afterAll(async () => {
    await proxy?.stop();
    await plane?.stop();
  });

  const limitOf = (weather?: Weather) => (weather && HANGING.includes(weather) ? { limitMs: SHORT_MS } : {});

  async function makePlan(action: Changing, params: Params, forecast: Forecast, weather?: Weather) {
    const course = proxy.course(forecast);
    const call = callIn(course, action, params, limitOf(weather));
    return { course, ending: await endingOf(async () => await action.plan(call)) };
  }

  async function ask(
    verb: 'run' | 'happened',
    action: Changing,
    params: Params,
    plan: Plan,
    forecast: Forecast,
    options: Options & { weather?: Weather } = {},
  ): Promise<{ course: Course; ending: Ending }> {
    const course = proxy.course(forecast, options);
    const call: ChangingCall = {
      ...callIn(course, action, params, limitOf(options.weather)),
      plan,
      stillOurs: async () => true,
    };
    const work = async () =>
      verb === 'run' ? await action.run(call) : { happened: await action.happened(call) };
    return { course, ending: await endingOf(work) };
  }

  it.each(changers.map((action) => [action.name, action] as const))(
    '%s',
    { timeout: 240_000 },
    async (_name, action) => {
      const faults: string[] = [];
      const slow: Promise<unknown>[] = [];
      for (const params of EXAMPLES[action.name] ?? []) {
        for (const turn of turnsOf(action.name)) {
          await renew(plane.kubeconfig, turn);
          const round: Round = {
            slow,
            told: (where) => (fault) => faults.push(`${JSON.stringify(params)} ${turn}, ${where}: ${fault}`),
          };
          await planning(action, params, round);
          const good = await makePlan(action, params, fair);
          if (good.ending.how !== 'gave') {
            if (!REFUSED.test(action.name)) round.told('fair weather')(JSON.stringify(good.ending));
            continue;
          }
          const plan = good.ending.out as unknown as Plan;
          await running(action, params, plan, round);
          await looking(action, params, plan, round);
        }
      }
      await Promise.all(slow);
      expect(faults).toEqual([]);
    },
  );

  async function planning(action: Changing, params: Params, round: Round) {
    const { told } = round;
    const good = await makePlan(action, params, fair);
    faultsOf(planned, good.ending, undefined, undefined).forEach(told('plan, fair weather'));
    await each(round, casesOf(good.course), async (one) => {
      const { course, ending } = await makePlan(action, params, one.forecast, one.weather);
      if (course.changed()) told(`plan, ${one.where}`)('has changed something');
      if (!course.passed.some(({ spoiled }) => spoiled)) return;
      faultsOf(planned, ending, good.ending, one.weather).forEach(told(`plan, ${one.where}`));
    });
  }

  /** Rehearsed: the API server checks each write and makes none, so that all can be tried at once. */
  async function running(action: Changing, params: Params, plan: Plan, round: Round) {
    const { told } = round;
    const good = await ask('run', action, params, plan, fair, { rehearsal: true });
    const lost = good.course.passed.flatMap(({ method, path }, at) =>
      method === 'GET'
        ? []
        : UNCERTAIN.map(
            (weather): Case => ({
              where: `${weather.name} instead of its answer, at ${method} ${path.split('?')[0]}`,
              weather,
              forecast: (n) => (n === at ? weather : undefined),
              reached: true,
            }),
          ),
    );
    await each(round, [...casesOf(good.course), ...lost], async (one) => {
      const { weather, reached = false } = one;
      const options = { rehearsal: true, reached, weather };
      const { course, ending } = await ask('run', action, params, plan, one.forecast, options);
      if (!course.passed.some(({ spoiled }) => spoiled)) return;
      const tell = told(`run, ${one.where}`);
      if (ending.how === 'gave') {
        // What a deletion answers cannot be told from any other success.
        if (!course.changed() && !weather.plausible && !/without anything/.test(weather.name))
          tell(`says it was made: ${JSON.stringify(ending.out)}`);
        return;
      }
      if (ending.how === 'refused' && ending.failed.nothingHappened && course.changed())
        tell(`says that nothing happened: ${ending.says}`);
      faultsOf(action.output, ending, good.ending, weather).forEach(tell);
    });
  }

  /** After it has really been made: nobody may say that it was not. */
  async function looking(action: Changing, params: Params, plan: Plan, round: Round) {
    const { told } = round;
    await ask('run', action, params, plan, fair);
    const good = await ask('happened', action, params, plan, fair);
    const answer = z.object({ happened: z.enum(['made', 'not made', 'still running', 'cannot tell']) });
    await each(round, casesOf(good.course), async (one) => {
      const { weather } = one;
      const { course, ending } = await ask('happened', action, params, plan, one.forecast, { weather });
      if (course.changed()) told(`happened, ${one.where}`)('has changed something');
      if (!course.passed.some(({ spoiled }) => spoiled)) return;
      const unsure = ending.how === 'gave' && ending.out['happened'] === 'cannot tell';
      if (!unsure) faultsOf(answer, ending, good.ending, weather).forEach(told(`happened, ${one.where}`));
    });
  }

  /** Every weather throughout, and one of each sort at each request. */
  function casesOf(good: Course): Case[] {
    const once = SAMPLE.flatMap((weather) =>
      good.passed.map(
        ({ method, path }, at): Case => ({
          where: `${weather.name} once, at ${method} ${path.split('?')[0]}`,
          weather,
          forecast: (n) => (n === at ? weather : undefined),
        }),
      ),
    );
    const throughout = WEATHERS.map(
      (weather): Case => ({ where: `${weather.name} throughout`, weather, forecast: () => weather }),
    );
    return [...throughout, ...once];
  }

  async function each(
    round: Round,
    cases: readonly Case[],
    work: (one: Case) => Promise<void>,
  ): Promise<void> {
    const hanging = cases.filter(({ weather }) => HANGING.includes(weather));
    const prompt = cases.filter(({ weather }) => !HANGING.includes(weather));
    round.slow.push(...hanging.map(work));
    await atOnce(prompt, 8, work);
  }
});
