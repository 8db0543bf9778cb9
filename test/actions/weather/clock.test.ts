// A cluster whose clock is an hour or two from this machine's: what is recent there is told by its own clock.
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadingAction } from '../../../src/actions/action.ts';
import { actions } from '../../../src/actions/index.ts';
import { type ControlPlane, startControlPlane } from '../../support/control-plane/control-plane.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import { EXAMPLES } from '../examples.ts';
import { fillWorld } from '../kubernetes/rights-world.ts';
import { named } from '../kubernetes/stage.ts';
import { callIn, endingOf, faultsOf } from './ending.ts';
import { type StormyProxy, startStormyProxy } from './stormy-proxy.ts';

const MINUTE_MS = 60_000;

describeWith(['controlPlane'], 'a cluster with another clock', () => {
  let plane: ControlPlane;
  let proxy: StormyProxy;
  let core: CoreV1Api;
  beforeAll(async () => {
    plane = await startControlPlane();
    await plane.addKubelet({ name: 'node-a' });
    await fillWorld(plane.kubeconfig);
    proxy = await startStormyProxy(plane.kubeconfig);
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
  });
  afterAll(async () => {
    await proxy?.stop();
    await plane?.stop();
  });

  async function look(name: string, params: Readonly<Record<string, unknown>>, aheadMs: number) {
    const action = named(name);
    const call = callIn(
      proxy.course(() => undefined, { aheadMs }),
      action,
      params,
    );
    const ending = await endingOf(async () => await (action as ReadingAction<object>).run(call));
    if (ending.how !== 'gave') throw new Error(JSON.stringify(ending));
    return ending.out;
  }

  describe.each([
    ['two hours behind', -120],
    ['an hour behind', -60],
    ['right', 0],
    ['an hour ahead', 60],
  ])('that is %s', (words, minutes) => {
    const aheadMs = minutes * MINUTE_MS;
    const suffix = words.replaceAll(' ', '-');

    beforeAll(async () => {
      // As the cluster would have written them: by its own clock.
      for (const [reason, ago] of [
        [`Young-${suffix}`, 5],
        [`Old-${suffix}`, 90],
      ] as const) {
        await core.createNamespacedEvent({
          namespace: 'default',
          body: {
            metadata: { name: reason.toLowerCase(), namespace: 'default' },
            involvedObject: { kind: 'Deployment', name: 'web', namespace: 'default' },
            type: 'Warning',
            reason,
            message: `${reason} of web`,
            lastTimestamp: new Date(Date.now() + aheadMs - ago * MINUTE_MS),
          },
        });
      }
      await waitUntil('the events are there', async () => {
        const { items } = await core.listNamespacedEvent({ namespace: 'default' });
        return items.some(({ reason }) => reason === `Old-${suffix}`);
      });
    });

    it('has the warnings of its last hour, and no older ones', async () => {
      const { reasons } = (await look('k8s.events', {}, aheadMs)) as { reasons: string[] };
      expect(reasons).toContain(`Young-${suffix}`);
      expect(reasons).not.toContain(`Old-${suffix}`);
      const seen = (await look('k8s.workload', { workload: 'web' }, aheadMs)) as {
        warnings: string[];
        unknowns: string[];
      };
      expect(seen.warnings.join('\n')).toContain(`Young-${suffix}`);
      expect(seen.warnings.join('\n')).not.toContain(`Old-${suffix}`);
      const clocks = seen.unknowns.filter((line) => line.includes('the clock of this machine'));
      expect(clocks).toEqual(
        minutes === 0
          ? []
          : [
              expect.stringContaining(
                `is ${Math.abs(minutes)} min ${minutes > 0 ? 'behind' : 'ahead of'} the cluster's`,
              ),
            ],
      );
      const { lines } = (await look('k8s.changes', { hours: 1 }, aheadMs)) as { lines: string[] };
      expect(lines.join('\n')).toContain(`Young-${suffix}`);
      expect(lines.join('\n')).not.toContain(`Old-${suffix}`);
    });

    it('is read by every action without a fault', async () => {
      const faults = await Promise.all(
        actions
          .filter((action) => !action.changes)
          .flatMap((action) =>
            (EXAMPLES[action.name] ?? []).map(async (params) => {
              const call = callIn(
                proxy.course(() => undefined, { aheadMs }),
                action,
                params,
              );
              const ending = await endingOf(async () => await (action as ReadingAction<object>).run(call));
              return faultsOf(action.output, ending, undefined, undefined).map(
                (fault) => `${action.name}: ${fault}`,
              );
            }),
          ),
      );
      expect(faults.flat()).toEqual([]);
    });
  });
});
