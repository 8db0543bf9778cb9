// Every action that runs a command in a pod or forwards a port, when that does not go well: a refusal, an end without a
// status, a pod that goes meanwhile, far too much output, or none that can be read.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Action, ChangingAction, ReadingAction } from '../../../src/actions/action.ts';
import { actions } from '../../../src/actions/index.ts';
import { type ControlPlane, startControlPlane } from '../../support/control-plane/control-plane.ts';
import { describeWith } from '../../support/requirements.ts';
import { EXAMPLES } from '../examples.ts';
import { fillWorld } from '../kubernetes/rights-world.ts';
import { FAILING_COMMANDS, HANGING_COMMAND, ODD_OUTPUT } from './command-weathers.ts';
import { atOnce, callIn, endingOf, faultsOf, planned } from './ending.ts';
import { type Forecast, type StormyProxy, startStormyProxy } from './stormy-proxy.ts';
import type { Weather } from './weathers.ts';

/** It asks only how the command ended: `test -e` writes nothing. */
const READS_NO_OUTPUT = /^k8s\.(file-exists|delete-file)$/;
const FLOODS = /^twenty megabytes/;
const SHORT_MS = 1500;
const inPod = (path: string) => /\/pods\/[^/]+\/(exec|portforward)\b/.test(path);
const entering = actions.filter((action) =>
  action.rights.kubernetes.some(({ resource }) => /^pods\/(exec|portforward)$/.test(resource)),
);

describeWith(['controlPlane'], 'a command in a pod', () => {
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

  async function ask(action: Action, params: object, forecast: Forecast, limitMs?: number) {
    const course = proxy.course(forecast, { still: true });
    const call = callIn(course, action, params as Record<string, unknown>, limitMs ? { limitMs } : {});
    const ending = await endingOf(async () =>
      action.changes
        ? await (action as ChangingAction<Record<string, unknown>>).plan(call)
        : await (action as ReadingAction<Record<string, unknown>>).run(call),
    );
    return { course, ending };
  }

  it('is run by the actions that say so', () => {
    expect(entering.length).toBeGreaterThan(15);
  });

  it.concurrent.each(entering.map((action) => [action.name, action] as const))(
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
    const good = await ask(action, params, () => undefined);
    const shape = action.changes ? planned : action.output;
    const told = async (weather: Weather, where: string, forecast: Forecast, limitMs?: number) => {
      const { course, ending } = await ask(action, params, forecast, limitMs);
      if (!course.passed.some(({ spoiled }) => spoiled)) return;
      const lax = ODD_OUTPUT.includes(weather) && READS_NO_OUTPUT.test(action.name);
      faults.push(
        ...faultsOf(shape, ending, good.ending, lax ? { ...weather, plausible: true } : weather).map(
          (fault) => `${JSON.stringify(params)}, ${where}: ${fault}`,
        ),
      );
    };
    const all = [...FAILING_COMMANDS, ...ODD_OUTPUT];
    const throughout =
      (weather: Weather): Forecast =>
      (_n, { path }) =>
        inPod(path) ? weather : undefined;
    const first = (weather: Weather): Forecast => {
      let spoiled = false;
      return (_n, { path }) => {
        if (spoiled || !inPod(path)) return undefined;
        spoiled = true;
        return weather;
      };
    };
    await Promise.all([
      told(HANGING_COMMAND, HANGING_COMMAND.name, throughout(HANGING_COMMAND), SHORT_MS),
      atOnce(all, 4, async (weather) => {
        await told(weather, `${weather.name} throughout`, throughout(weather));
        // So much is tried often enough.
        if (!FLOODS.test(weather.name)) await told(weather, `${weather.name} once`, first(weather));
      }),
    ]);
    return faults;
  }
});
