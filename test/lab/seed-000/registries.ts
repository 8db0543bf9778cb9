// Two real registries: the old one, open, where a tempting tag has no image; the new one, which wants a login.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CoreV1Api, V1Pod } from '@kubernetes/client-node';
import { pusher } from '../../support/registry/push.ts';
import { LOGIN, startRegistry } from '../../support/registry/real-registry.ts';

export const PULL_SECRET = 'artifacts-login';

export interface NightRegistries {
  /** In use when the night begins. */
  readonly used: string;
  /** Its tag is listed; there is nothing behind it. */
  readonly tempting: string;
  /** Of the same PostgreSQL, in the registry with a login. */
  readonly good: string;
  /** The repository of `good`. */
  readonly repository: string;
  /** Of a Secret of the type `kubernetes.io/dockerconfigjson`. */
  readonly pullSecret: string;
  /** Whoever pulls as a node does: undefined when the manifest was given, else containerd's words. */
  refuses(image: string, pod: V1Pod, core: CoreV1Api): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Needs the requirement `registry`. */
export async function startNightRegistries(postgresMajor: string): Promise<NightRegistries> {
  const [old, closed] = await Promise.all([startRegistry(), startRegistry('basic')]);
  const basic = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64');
  const holds = (created: string, patroni: string) => ({
    created,
    env: [`PG_MAJOR=${postgresMajor}`, `PATRONI_VERSION=${patroni}`],
  });
  await pusher(old.host).image('tools/patroni', 'v10-stable', holds('2022-01-04T08:00:00Z', '3.0.1'));
  const { digest } = await pusher(old.host).image('tools/patroni', 'v12-latest');
  const revisions = 'docker/registry/v2/repositories/tools/patroni/_manifests/revisions/sha256';
  await rm(join(old.storage, revisions, digest.slice('sha256:'.length)), { recursive: true });
  await pusher(closed.host, async () => `Basic ${basic}`).image(
    'db/patroni-postgres',
    '3.0.2-latest',
    holds('2023-12-01T08:00:00Z', '3.0.2'),
  );
  return {
    used: `${old.host}/tools/patroni:v10-stable`,
    tempting: `${old.host}/tools/patroni:v12-latest`,
    good: `${closed.host}/db/patroni-postgres:3.0.2-latest`,
    repository: `${closed.host}/db/patroni-postgres`,
    pullSecret: JSON.stringify({ auths: { [closed.host]: { auth: basic } } }),
    refuses: (image, pod, core) => refusal(image, pod, core, [old.host, closed.host]),
    close: async () => {
      await Promise.all([old.close(), closed.close()]);
    },
  };
}

async function refusal(
  image: string,
  pod: V1Pod,
  core: CoreV1Api,
  hosts: readonly string[],
): Promise<string | undefined> {
  const [, host = '', repository = '', tag = ''] = /^([^/]+)\/(.+):([^:/]+)$/.exec(image) ?? [];
  if (!hosts.includes(host)) return undefined;
  const login = await loginFor(host, pod, core);
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, {
    headers: {
      accept: 'application/vnd.oci.image.manifest.v1+json',
      ...(login === undefined ? {} : { authorization: `Basic ${login}` }),
    },
    signal: AbortSignal.timeout(30_000),
  });
  await answer.body?.cancel();
  if (answer.status === 200) return undefined;
  const why = answer.status === 404 ? `${image}: not found` : `unexpected status: ${answer.status}`;
  return `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${why}`;
}

/** From the pull secrets that the API server gave the pod: those of its service account when it was made. */
async function loginFor(host: string, pod: V1Pod, core: CoreV1Api): Promise<string | undefined> {
  const namespace = pod.metadata?.namespace ?? '';
  for (const { name = '' } of pod.spec?.imagePullSecrets ?? []) {
    const { data = {} } = await core.readNamespacedSecret({ namespace, name });
    const text = Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString('utf8');
    const { auths } = JSON.parse(text) as { auths: Record<string, { auth: string } | undefined> };
    const auth = auths[host]?.auth;
    if (auth !== undefined) return auth;
  }
  return undefined;
}
