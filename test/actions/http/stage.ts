/** `http.check` as a worker calls it, without a cluster. */
import { ActionFailed, type ReadingAction } from '../../../src/actions/action.ts';
import { check } from '../../../src/actions/http/check.ts';
import type { System } from '../../../src/catalog/catalog.ts';

export interface Found {
  url: string;
  answered: boolean;
  ok: boolean;
  status?: number;
  latency_ms: number;
  problem: string;
  redirects_to?: string;
  from_cdn: boolean;
  means?: string;
  certificate?: { subject: string; issuer: string; expires: string; days_left: number; problems: string[] };
  says: string;
}

export const system = (id: string, addresses: System['addresses'], namespace = 'prod'): System => ({
  id,
  title: id,
  namespace,
  workloads: [],
  databases: [],
  docs: [],
  dependencies: [],
  contacts: [],
  runbooks: [],
  ...(addresses ? { addresses } : {}),
});

/** Asks, and holds the answer to its own schema. */
export async function asked(
  params: Record<string, unknown>,
  options: { signal?: AbortSignal; systems?: readonly System[]; now?: Date } = {},
): Promise<Found> {
  const found = await (check as ReadingAction<Record<string, unknown>>).run({
    params: check.params.parse(params),
    namespace: 'prod',
    operation: '',
    incident: 7,
    signal: options.signal ?? AbortSignal.timeout(60_000),
    now: () => options.now ?? new Date(),
    reach: {
      kubernetes: async () => {
        throw new Error('no cluster is asked');
      },
      catalog: { systems: options.systems ?? [] },
      podAddress: () => undefined,
      secret: () => undefined,
    },
    progress: () => undefined,
  });
  return check.output.strict().parse(found) as unknown as Found;
}

/** The words of a refusal. */
export async function refused(...args: Parameters<typeof asked>): Promise<string> {
  const error: unknown = await asked(...args).then(
    (found) => new Error(`it answered ${JSON.stringify(found)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ActionFailed) return error.says;
  throw error;
}
