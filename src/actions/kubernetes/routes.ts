/** OpenShift's Routes: by which hosts a Service is reached from outside. */
import type { Cluster } from './client.ts';
import { type KubeObject, listObjects, ROUTE } from './objects.ts';
import { askedOptionally } from './status-error.ts';

interface RouteObject extends KubeObject {
  readonly spec?: {
    readonly host?: string;
    readonly path?: string;
    readonly to?: Backend;
    readonly alternateBackends?: readonly Backend[];
    readonly tls?: { readonly termination?: string };
  };
  readonly status?: {
    readonly ingress?: readonly {
      readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
    }[];
  };
}

interface Backend {
  readonly kind?: string;
  readonly name?: string;
}

export interface Route {
  readonly name: string;
  readonly host: string;
  readonly path: string;
  readonly tls: string;
  readonly admitted: boolean;
}

/** By host. None, with a line in `unknowns`, where the cluster has no Routes or shows none to us. */
export async function routesTo(
  cluster: Cluster,
  namespace: string,
  service: string,
  unknowns: string[],
): Promise<Route[]> {
  const all = await askedOptionally('Routes', listObjects<RouteObject>(cluster, ROUTE, namespace), unknowns);
  return (all ?? [])
    .filter(({ spec = {} }) =>
      [spec.to, ...(spec.alternateBackends ?? [])].some(
        (one) => one?.name === service && (one.kind ?? 'Service') === 'Service',
      ),
    )
    .map(({ metadata, spec = {}, status = {} }) => ({
      name: metadata.name ?? '',
      host: spec.host ?? '',
      path: spec.path ?? '',
      tls: spec.tls?.termination ?? '',
      admitted: (status.ingress ?? []).some(({ conditions = [] }) =>
        conditions.some((one) => one.type === 'Admitted' && one.status === 'True'),
      ),
    }))
    .sort((a, b) => (`${a.host}${a.path}` < `${b.host}${b.path}` ? -1 : 1));
}
