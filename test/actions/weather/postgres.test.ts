// Every action that asks PostgreSQL, before a server in each sort of trouble, or before one that is none.
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Action, ChangingAction, ReadingAction } from '../../../src/actions/action.ts';
import { actions } from '../../../src/actions/index.ts';
import { type ControlPlane, startControlPlane } from '../../support/control-plane/control-plane.ts';
import { describeWith } from '../../support/requirements.ts';
import { CATALOGUED, EXAMPLES } from '../examples.ts';
import { callIn, endingOf, faultsOf, planned } from './ending.ts';
import { type OddPostgres, POSTGRES_WEATHERS, startOddPostgres } from './odd-postgres.ts';
import { type StormyProxy, startStormyProxy } from './stormy-proxy.ts';

/** Those that are told a Service: a server outside the cluster has no pod to go into. */
const asking = actions.filter(
  (action) => action.name.startsWith('postgres.') && 'service' in action.params.shape,
);

/** What must be understood, beside what the server says. */
const MEANS: Readonly<Record<string, RegExp>> = {
  'an SSH server': /does not speak as PostgreSQL does/,
  silence: /does not answer|did not answer/,
  'an end at once': /nothing answers there|closed|ended/i,
  '57P03 the database system is starting up': /starting, stopping or recovering/,
  '57P03 the database system is in recovery mode': /starting, stopping or recovering/,
  '53300 sorry, too many clients already': /every connection is taken/,
  '53300 too many connections for role "reader"': /limit of connections of this role/,
  '28P01 password authentication failed for user "reader"': /the password is not accepted/,
  '3D000 database "web" does not exist': /there is no such database/,
};

describeWith(['controlPlane', 'pgClient'], 'PostgreSQL in trouble', () => {
  let plane: ControlPlane;
  let proxy: StormyProxy;
  let odd: OddPostgres;
  beforeAll(async () => {
    plane = await startControlPlane();
    proxy = await startStormyProxy(plane.kubeconfig);
    odd = await startOddPostgres();
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    await config.makeApiClient(CoreV1Api).createNamespacedService({
      namespace: 'default',
      body: {
        metadata: { name: 'outside' },
        spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port: odd.port }] },
      },
    });
  });
  afterAll(async () => {
    await odd?.stop();
    await proxy?.stop();
    await plane?.stop();
  });

  async function ask(action: Action) {
    const params = { ...EXAMPLES[action.name]?.[0], service: 'outside' };
    const call = callIn(
      proxy.course(() => undefined, { still: true }),
      action,
      params,
    );
    const [system] = call.reach.catalog.systems;
    const { statefulset: _none, ...outside } = { ...CATALOGUED, statefulset: '' };
    const databases = [{ ...outside, kind: 'postgres' as const, service: 'outside' }];
    const reach = { ...call.reach, catalog: { systems: system ? [{ ...system, databases }] : [] } };
    return await endingOf(async () =>
      action.changes
        ? await (action as ChangingAction<Record<string, unknown>>).plan({ ...call, reach })
        : await (action as ReadingAction<Record<string, unknown>>).run({ ...call, reach }),
    );
  }

  it('is asked by these', () => {
    expect(asking.length).toBeGreaterThan(7);
  });

  // All that follow a weather see this one: it changes between the tests only.
  it.each(POSTGRES_WEATHERS.map((weather) => [weather.name, weather] as const))(
    '%s',
    { timeout: 240_000 },
    async (name, weather) => {
      odd.become(weather);
      const faults = await Promise.all(
        asking.map(async (action) => {
          const ending = await ask(action);
          const shape = action.changes ? planned : action.output;
          const found = faultsOf(shape, ending, undefined, { name, answer: () => undefined });
          const said = ending.how === 'refused' ? ending.says : JSON.stringify(ending);
          if (ending.how === 'gave' && ending.out['connected'] !== false)
            found.push(`takes it for an answer: ${said}`);
          const means = MEANS[name];
          if (means && !means.test(said)) found.push(`does not say ${means.source}: ${said}`);
          if (said.includes('a password')) found.push(`tells the password: ${said}`);
          if (ending.how === 'refused' && !ending.says.includes('outside'))
            found.push(`names no server: ${said}`);
          // The last sentence is what to do.
          if (ending.how === 'refused' && !/[.)] [A-Z][^.]{8,}.*\.$/.test(ending.says))
            found.push(`says not what to do: ${said}`);
          return found.map((fault) => `${action.name}: ${fault}`);
        }),
      );
      expect(faults.flat()).toEqual([]);
    },
  );
});
