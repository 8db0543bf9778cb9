// Real Patroni members behind pods of a real API server: exec runs beside the member, its REST API is its own.
import { AppsV1Api } from '@kubernetes/client-node';
import type { Action, ChangingAction, ChangingCall, ReadingAction } from '../../../src/actions/action.ts';
import { patroniActions } from '../../../src/actions/patroni/index.ts';
import type { Plan } from '../../../src/incidents/plan.ts';
import type { PatroniCluster, PatroniMember } from '../../support/patroni/cluster.ts';
import { NAMESPACE, type Stage, startStage } from '../../support/pod-stage.ts';

export interface RealStage extends Stage {
  /** A StatefulSet and pods of the members, named after them or as given. */
  show(
    set: string,
    cluster: PatroniCluster,
    members?: readonly PatroniMember[],
    names?: readonly string[],
  ): Promise<void>;
  removePod(name: string): Promise<void>;
  read<T = Record<string, unknown>>(action: string, params: Record<string, unknown>): Promise<T>;
  planned(action: string, params: Record<string, unknown>): Promise<ChangingCall>;
  run<T = Record<string, unknown>>(action: string, call: ChangingCall): Promise<T>;
  happened(action: string, call: ChangingCall): Promise<string>;
}

const named = (name: string): Action => {
  const found = patroniActions.find((action) => action.name === `patroni.${name}`);
  if (!found) throw new Error(`no action patroni.${name}`);
  return found;
};

export async function startRealStage(): Promise<RealStage> {
  const stage = await startStage({ reach: { podAddress: ({ ip, port }) => ({ host: ip, port }) } });
  const apps = stage.config.makeApiClient(AppsV1Api);
  const isRoot = process.getuid?.() === 0;
  const call = (action: Action, params: Record<string, unknown>) =>
    stage.call(action.params.parse(params), {
      signal: AbortSignal.timeout(150_000),
      operation: crypto.randomUUID(),
    });
  return {
    ...stage,
    async show(set, cluster, members = cluster.members, names = members.map(({ name }) => name)) {
      const labels = { app: 'patroni', set };
      const containers = [
        {
          name: 'main',
          image: 'example/patroni:3',
          ports: [{ name: 'patroni', containerPort: cluster.restPort }],
        },
      ];
      const spec = { replicas: members.length, serviceName: set, selector: { matchLabels: labels } };
      const { metadata } = await apps.createNamespacedStatefulSet({
        namespace: NAMESPACE,
        body: {
          metadata: { name: set },
          spec: { ...spec, template: { metadata: { labels }, spec: { containers } } },
        },
      });
      const owner = {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        name: set,
        uid: metadata?.uid ?? '',
        controller: true,
      };
      await Promise.all(
        members.map((member, index) =>
          stage.addPod(names[index] ?? member.name, {
            metadata: { labels, ownerReferences: [owner] },
            containers,
            annotations: {
              root: member.folder,
              ...(isRoot ? { user: cluster.user } : {}),
              'pod-ip': member.ip,
              'env-PGDATA': member.data,
              'env-PGHOST': member.folder,
              'env-PGPORT': String(cluster.postgresPort),
              'env-PATRONI_CONFIG_FILE': `${member.folder}/patroni.yml`,
              'env-PATH': `${cluster.programs}:${process.env.PATH}`,
            },
          }),
        ),
      );
    },
    async removePod(name) {
      await stage.core.deleteNamespacedPod({ name, namespace: NAMESPACE, gracePeriodSeconds: 0 });
    },
    async read<T>(name: string, params: Record<string, unknown>) {
      const action = named(name) as ReadingAction<Record<string, unknown>>;
      return action.output.strict().parse(await action.run(call(action, params))) as T;
    },
    async planned(name, params) {
      const action = named(name) as ChangingAction<Record<string, unknown>>;
      const asked = call(action, params);
      const plan: Plan = await action.plan(asked);
      (action as ChangingAction).planValues.strict().parse(plan.values);
      return { ...asked, plan, stillOurs: async () => true };
    },
    async run<T>(name: string, made: ChangingCall) {
      const action = named(name) as ChangingAction<Record<string, unknown>>;
      return action.output.strict().parse(await action.run(made)) as T;
    },
    async happened(name, made) {
      return await (named(name) as ChangingAction<Record<string, unknown>>).happened(made);
    },
  };
}
