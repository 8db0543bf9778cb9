// Every reading action against an API server in every weather: an answer that holds, or a refusal in words; never less.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Action, ReadingAction } from '../../../src/actions/action.ts';
import { actions } from '../../../src/actions/index.ts';
import { type ControlPlane, startControlPlane } from '../../support/control-plane/control-plane.ts';
import { describeWith } from '../../support/requirements.ts';
import { EXAMPLES } from '../examples.ts';
import { renew } from '../kubernetes/renew.ts';
import { fillWorld } from '../kubernetes/rights-world.ts';
import { atOnce, callIn, endingOf, faultsOf } from './ending.ts';
import { type Forecast, type StormyProxy, startStormyProxy } from './stormy-proxy.ts';
import { HANGING, SAMPLE, WEATHERS } from './weathers.ts';

const readers = actions.filter((action) => !action.changes);
const fair: Forecast = () => undefined;
/** Here no pod has a Patroni or a PostgreSQL, and no registry and no web server is there: these end in words in fair weather too. */
const REFUSED = /^(postgres|patroni|image|http|notify)\./;
/** The time of a call that only its end ends. */
const SHORT_MS = 1500;

describeWith(['controlPlane'], 'a reading action', () => {
  let plane: ControlPlane;
  let proxy: StormyProxy;
  beforeAll(async () => {
    plane = await startControlPlane();
    await plane.addKubelet({ name: 'node-a' });
    await fillWorld(plane.kubeconfig);
    await renew(plane.kubeconfig, 'k8s.role-binding');
    proxy = await startStormyProxy(plane.kubeconfig);
  });
  afterAll(async () => {
    await proxy?.stop();
    await plane?.stop();
  });

  async function look(action: Action, params: object, forecast: Forecast, limitMs?: number) {
    const course = proxy.course(forecast, { still: true });
    const call = callIn(course, action, params as Record<string, unknown>, limitMs ? { limitMs } : {});
    const reading = action as ReadingAction<Record<string, unknown>>;
    return { course, ending: await endingOf(async () => await reading.run(call)) };
  }

  it.concurrent.each(readers.map((action) => [action.name, action] as const))(
    '%s',
    { timeout: 240_000 },
    async (_name, action) => {
      const faults = await Promise.all(
        (EXAMPLES[action.name] ?? []).map((params) => faultsWith(action, params)),
      );
      expect(faults.flat()).toEqual([]);
    },
  );

  async function faultsWith(action: Action, params: object): Promise<string[]> {
    const faults: string[] = [];
    const good = await look(action, params, fair);
    const tell = (where: string, all: readonly string[]) =>
      faults.push(...all.map((fault) => `${JSON.stringify(params)}, ${where}: ${fault}`));
    tell('fair weather', faultsOf(action.output, good.ending, undefined, undefined));
    if (good.ending.how === 'refused' && !REFUSED.test(action.name)) tell('fair weather', [good.ending.says]);
    const once = SAMPLE.flatMap((weather) =>
      good.course.passed.map(({ method, path }, at) => ({
        where: `${weather.name} once, at ${method} ${path.split('?')[0]}`,
        weather,
        forecast: (n: number) => (n === at ? weather : undefined),
      })),
    );
    const throughout = WEATHERS.map((weather) => ({
      where: `${weather.name} throughout`,
      weather,
      forecast: () => weather,
    }));
    const told = async ({ where, weather, forecast }: (typeof once)[number]) => {
      const limitMs = HANGING.includes(weather) ? SHORT_MS : undefined;
      const { course, ending } = await look(action, params, forecast, limitMs);
      if (!course.passed.some(({ spoiled }) => spoiled)) return;
      tell(where, faultsOf(action.output, ending, good.ending, weather));
    };
    await Promise.all([atOnce(once, 8, told), ...throughout.map(told)]);
    return faults;
  }
});
