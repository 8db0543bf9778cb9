/** A contact of a catalogue, told by real servers on this machine. */
import type { IncomingMessage } from 'node:http';
import type {
  Action,
  Call,
  ChangingAction,
  ChangingCall,
  Happened,
  ReadingAction,
} from '../../../src/actions/action.ts';
import { ActionFailed } from '../../../src/actions/action.ts';
import { delivered } from '../../../src/actions/notify/delivered.ts';
import { escalate } from '../../../src/actions/notify/escalate.ts';
import type { Messages } from '../../../src/actions/reach.ts';
import { Seen } from '../../../src/actions/redact/seen.ts';
import type { Contact, System } from '../../../src/catalog/catalog.ts';
import type { Plan } from '../../../src/incidents/plan.ts';

export interface Around {
  readonly contacts: readonly Contact[];
  readonly secrets?: Readonly<Record<string, string>>;
  readonly slack?: Messages;
  readonly signal?: AbortSignal;
  readonly stillOurs?: () => Promise<boolean>;
  readonly operation?: string;
}

const changing = escalate as ChangingAction<Record<string, unknown>>;

export function systemWith(contacts: readonly Contact[], rest: Partial<System> = {}): System {
  return {
    id: 'web',
    title: 'Web',
    namespace: 'prod',
    workloads: [],
    databases: [],
    docs: [],
    dependencies: [],
    runbooks: [],
    contacts,
    ...rest,
  };
}

export function callTo(
  action: Action,
  around: Around,
  params: Record<string, unknown>,
): Call & { seen: Seen } {
  const { contacts, secrets = {}, slack, signal, operation = 'inc-7-op-1' } = around;
  return {
    params: action.params.parse(params),
    namespace: 'prod',
    operation,
    incident: 7,
    signal: signal ?? AbortSignal.timeout(60_000),
    now: () => new Date(),
    seen: new Seen(),
    reach: {
      kubernetes: async () => {
        throw new Error('no cluster is asked');
      },
      catalog: { systems: [systemWith(contacts)] },
      podAddress: () => undefined,
      secret: (name) => secrets[name],
      ...(slack ? { slack } : {}),
    },
    progress: () => undefined,
  };
}

export async function planned(around: Around, params: Record<string, unknown>): Promise<Plan> {
  return changing.plan(callTo(escalate, around, params));
}

function withPlan(around: Around, params: Record<string, unknown>, plan: Plan): ChangingCall {
  return { ...callTo(escalate, around, params), plan, stillOurs: around.stillOurs ?? (async () => true) };
}

/** Plans and tells. */
export async function told(
  around: Around,
  params: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const plan = await planned(around, params);
  return escalate.output.strict().parse(await changing.run(withPlan(around, params, plan)));
}

export async function happened(around: Around, params: Record<string, unknown>): Promise<Happened> {
  const plan = await planned(around, params);
  return changing.happened(withPlan(around, params, plan));
}

export async function arrived(
  around: Around,
  params: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const found = await (delivered as ReadingAction<Record<string, unknown>>).run(
    callTo(delivered, around, params),
  );
  return delivered.output.strict().parse(found);
}

export async function failure(promise: Promise<unknown>): Promise<ActionFailed> {
  const error: unknown = await promise.then(
    (value) => new Error(`it gave ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ActionFailed) return error;
  throw error;
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

/** Reads a request whole. */
export async function received(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}
