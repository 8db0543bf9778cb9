/** `patroni.pause` and `patroni.resume`: whether Patroni manages the cluster by itself. */
import { z } from 'zod';
import type { Plan } from '../../incidents/plan.ts';
import type { Call, ChangingCall, Happened, Rights } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import { connect } from '../kubernetes/client.ts';
import { mustBeOurs, notTooLate, tracedOn, writeGuarded } from '../kubernetes/guarded-write.ts';
import type { KubeObject } from '../kubernetes/objects.ts';
import { CONFIG_MAP, mergeObject } from '../kubernetes/objects.ts';
import { EXEC, right } from '../kubernetes/rights.ts';
import { asked } from '../kubernetes/status-error.ts';
import { insideRest, json, refusedBy } from './inside-rest.ts';
import { type Observed, observe } from './observe.ts';
import { settingsThrough } from './settings-way.ts';
import { outdated, refused, setTarget, until } from './settle.ts';
import { ENDPOINTS, settingsIn, tried } from './store-objects.ts';
import { FIND_AND_ASK, whichCluster } from './which-cluster.ts';

const params = whichCluster.extend({ paused: z.boolean() });
type Params = z.output<typeof params>;

const planValues = z.object({ before: z.boolean(), after: z.boolean() });

const { needed: _ofOnePod, ...exec } = EXEC;
const RIGHTS: Rights = {
  kubernetes: [
    ...FIND_AND_ASK.kubernetes,
    exec,
    // Only where the store is Kubernetes and no member answers.
    right('', 'endpoints', ['patch'], { optional: true }),
    right('', 'configmaps', ['patch'], { optional: true }),
  ],
  postgres: [],
};

const GUARD =
  'Pausing what is paused changes nothing, and so with resuming: a second request finds it done. Patroni writes its ' +
  'settings only when nobody else has written them since it read them (409); written as a Kubernetes object, the API ' +
  'server does the same by uid and resourceVersion.';

function switching(name: string, paused: boolean) {
  return changing({
    name,
    version: 1,
    // `paused` is for undoing: the same action puts back what was before.
    params: whichCluster.extend({ paused: z.boolean().default(paused) }),
    output: z.object({
      paused: z.boolean(),
      /** Members that answer and do not know it yet: they still act as before. */
      unaware: z.array(z.string()),
    }),
    planValues,
    capturesBefore: true,
    rights: RIGHTS,
    guard: GUARD,
    byHand: (p, namespace) => byHand(p, namespace, p.paused ?? paused),
    plan: planSwitch,
    run: runSwitch,
    happened: lookForSwitch,
  });
}

export const pause = switching('patroni.pause', true);
export const resume = switching('patroni.resume', false);

async function planSwitch(call: Call<Params>): Promise<Plan & { values: z.output<typeof planValues> }> {
  const seen = await observe(call);
  const { namespace } = call;
  const { paused } = call.params;
  const through = await settingsThrough(call, seen);
  const before = through.settings['pause'] === true;
  const target =
    'pod' in through
      ? setTarget(seen, namespace)
      : {
          kind: through.of.kind,
          namespace,
          name: through.object.metadata.name ?? '',
          uid: through.object.metadata.uid ?? '',
        };
  const unknowns = [...seen.unknowns];
  if (!('pod' in through)) {
    unknowns.push(
      `no member answers: whether one that is still alive follows ${through.object.metadata.name} is not known`,
    );
  }
  return {
    target,
    changes: [{ field: 'pause', before: String(before), after: String(paused) }],
    values: { before, after: paused },
    notes: notesOf(seen, before, paused),
    unknowns,
    undo: { ...named(call.params), paused: before },
  };
}

function notesOf(seen: Observed, before: boolean, paused: boolean): string[] {
  if (before === paused) return [`It is already ${paused ? 'paused' : 'not paused'}: nothing will change.`];
  if (paused) {
    return [
      'While it is paused nobody is promoted when the leader fails, and a PostgreSQL that is stopped is not started. Resume when done.',
    ];
  }
  return [
    'Patroni may promote, demote, start and rewind members at once: what a member has that the leader does not have is erased when it rejoins.',
    ...(seen.members.some((member) => member.own === undefined)
      ? ['Not every member answers: look at patroni.wal-positions first.']
      : []),
  ];
}

function named(given: Params): Record<string, unknown> {
  return {
    ...(given.service === undefined ? {} : { service: given.service }),
    ...(given.statefulset === undefined ? {} : { statefulset: given.statefulset }),
  };
}

async function runSwitch(call: ChangingCall<Params>) {
  const { after, before } = planValues.parse(call.plan.values);
  const seen = await observe(call).catch((error: unknown) => {
    throw error instanceof ActionFailed ? refused(error.says) : error;
  });
  if (call.plan.target.kind === 'StatefulSet') await throughMember(call, seen, before, after);
  else await throughObject(call, before, after);
  return { paused: after, unaware: await unaware(call, after) };
}

async function throughMember(
  call: ChangingCall<Params>,
  seen: Observed,
  before: boolean,
  after: boolean,
): Promise<void> {
  const through = await settingsThrough(call, seen);
  if (!('pod' in through)) throw outdated('No member answers any more.');
  const live = through.settings['pause'] === true;
  if (live === after) return;
  if (live !== before) throw outdated(`It is ${live ? 'paused' : 'not paused'} now: somebody changed it.`);
  await mustBeOurs(call);
  notTooLate(call, `the pause of ${seen.statefulset}`);
  const system = seen.members.find(({ pod }) => pod === through.pod)?.own?.database_system_identifier;
  const answer = await insideRest(call, through.pod, {
    method: 'PATCH',
    path: '/config',
    // Absent and false are the same; null takes the key away, as patronictl does.
    body: { pause: after || null },
    system: system ?? undefined,
  });
  const problem = refusedBy(answer, after ? 'the pause' : 'to resume');
  if (problem) throw problem;
  const settings = json(answer.body) as { pause?: unknown } | undefined;
  if (answer.code !== 200 || (settings?.pause === true) !== after) {
    throw new ActionFailed(
      `Patroni answered ${answer.code}, which does not say that it is ${after ? 'paused' : 'resumed'} now. Look again.`,
    );
  }
}

/** Members that answer and have not seen it; they look at their store every loop_wait (10 s by default). */
async function unaware(call: ChangingCall<Params>, after: boolean): Promise<string[]> {
  let names: string[] = [];
  await until(call, 30, (seen) => {
    names = seen.members.flatMap(({ own, name }) => (own && (own.pause === true) !== after ? [name] : []));
    return names.length === 0 ? true : undefined;
  });
  return names;
}

function kindOf(call: ChangingCall<Params>) {
  return call.plan.target.kind === 'ConfigMap' ? CONFIG_MAP : ENDPOINTS;
}

async function throughObject(call: ChangingCall<Params>, before: boolean, after: boolean): Promise<void> {
  const cluster = await connect(call);
  const [of, { name }] = [kindOf(call), call.plan.target];
  const { namespace } = call;
  await writeGuarded<KubeObject>(call, {
    doing: `${after ? 'pausing' : 'resuming'} Patroni by ${name} in ${namespace}`,
    what: `${of.kind} ${name}`,
    read: async () => {
      const live = await asked(
        `reading ${of.kind} ${name} in ${namespace}`,
        tried(cluster, of, namespace, name),
      );
      if (!live) throw outdated(`${of.kind} ${name} is gone.`);
      return live;
    },
    metadata: (live) => live.metadata,
    mustBePlanned: (live) => {
      if ((settingsIn(live)?.['pause'] === true) !== before)
        throw outdated(`${name} says it is ${before ? 'not paused' : 'paused'} now: somebody changed it.`);
    },
    write: (live, bound) => {
      const { pause: _before, ...rest } = settingsIn(live) ?? {};
      const config = JSON.stringify(after ? { ...rest, pause: true } : rest);
      const metadata = { ...bound, annotations: { ...bound.annotations, config } };
      return mergeObject(cluster, of, namespace, name, { metadata });
    },
  });
}

/** The settings hold no trace of who wrote them: that they are as wanted is what counts, and doing it twice is nothing. */
async function lookForSwitch(call: ChangingCall<Params>): Promise<Happened> {
  const { after, before } = planValues.parse(call.plan.values);
  if (call.plan.target.kind !== 'StatefulSet') {
    const { name } = call.plan.target;
    const doing = `looking for our change on ${name} in ${call.namespace}`;
    const live = await asked(doing, tried(await connect(call), kindOf(call), call.namespace, name));
    const isPaused = live && settingsIn(live)?.['pause'] === true;
    return tracedOn(call, live?.metadata, () => isPaused === before);
  }
  const through = await settingsThrough(call, await observe(call));
  const live = through.settings['pause'] === true;
  if (live === after) return 'made';
  return live === before ? 'not made' : 'cannot tell';
}

function byHand(p: Partial<Params>, namespace: string, paused: boolean): string[] {
  const pod = `${word(p.statefulset, '<statefulset>')}-0`;
  const verb = paused ? 'pause' : 'resume';
  const body = paused ? '{"pause":true}' : '{"pause":null}';
  return [
    ...(p.service && !p.statefulset
      ? [kubectl(namespace, `get service ${word(p.service, '<service>')} -o jsonpath='{.spec.selector}'`)]
      : []),
    kubectl(namespace, `exec ${pod} -- patronictl ${verb} --wait`),
    kubectl(
      namespace,
      `exec ${pod} -- sh -c 'curl -s -u "$PATRONI_RESTAPI_USERNAME:$PATRONI_RESTAPI_PASSWORD" -X PATCH -d "$1" http://localhost:8008/config' sh '${body}'`,
    ),
    kubectl(namespace, `exec ${pod} -- patronictl list`),
  ];
}
