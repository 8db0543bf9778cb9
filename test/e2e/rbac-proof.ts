// What a service account may do on a real API server, taken from what `handrail rbac` prints, and what it then asked for.
import { request } from 'node:https';
import { join } from 'node:path';
import {
  AuthorizationV1Api,
  KubeConfig,
  RbacAuthorizationV1Api,
  type V1ClusterRole,
  type V1PolicyRule,
  type V1Role,
} from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import type { ControlPlane } from '../support/control-plane/control-plane.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { type Asked, askedBy, auditLength } from './audit.ts';
import { accountIn, kubeconfigOf } from './rights.ts';
import { type Kubectl, kubectlIn } from './strangers.ts';

/** One verb of one printed rule. */
export interface Entry {
  readonly what: string;
  readonly kind: 'Role' | 'ClusterRole';
  readonly rule: number;
  readonly verb: string;
  readonly names: readonly string[];
}

export interface Account {
  /** The administrator's, for what has to be put back between two calls. */
  readonly admin: string;
  /** Of the service account itself: its token, by the API server's TokenRequest. */
  readonly kubeconfig: string;
  readonly entries: readonly Entry[];
  /** What the account asked for while `work` ran. */
  asked(work: () => Promise<unknown>): Promise<Asked[]>;
  /** Takes one verb out of its rule while `work` runs. */
  without<T>(entry: Entry, work: () => Promise<T>): Promise<T>;
  /** A POST below a pod without the rest of its protocol: how newer API servers check a WebSocket. Gives the code. */
  post(pod: string, subresource: string): Promise<number>;
}

/** Whoever makes a RoleBinding is also asked for the verb `bind` on its role, which the audit log does not show. */
function boundBy(one: Asked, entries: readonly Entry[]): Asked[] {
  if (one.what !== 'create rbac.authorization.k8s.io/rolebindings' || !one.allowed) return [];
  return entries
    .filter(({ verb }) => verb === 'bind')
    .map(({ what }) => ({ what, name: '', allowed: one.code !== 403 }));
}

/** Applies the text with kubectl, word for word. The plane must have been started with `audit`. */
export async function accountFrom(plane: ControlPlane, printed: string): Promise<Account> {
  const admin = new KubeConfig();
  admin.loadFromFile(plane.kubeconfig);
  const kubectl: Kubectl = kubectlIn(plane.kubeconfig, 'default', join(plane.dir, 'kubectl'));
  await kubectl.apply(printed);
  const objects = parseAllDocuments(printed).map((one) => one.toJS() as V1Role & V1ClusterRole);
  const account = accountIn(printed);
  const user = `system:serviceaccount:${account.namespace}:${account.name}`;
  const roles = objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
  const entries = roles.flatMap((role) =>
    (role.rules ?? []).flatMap((rule, index) =>
      rule.verbs.map((verb) => ({
        what: `${verb} ${rule.apiGroups?.[0]}/${rule.resources?.[0]}`,
        kind: role.kind as Entry['kind'],
        rule: index,
        verb,
        names: rule.resourceNames ?? [],
      })),
    ),
  );
  const kubeconfig = await kubeconfigOf(plane, account.namespace, account.name);
  const own = new KubeConfig();
  own.loadFromFile(kubeconfig);
  const reviews = admin.makeApiClient(AuthorizationV1Api);
  const rbac = admin.makeApiClient(RbacAuthorizationV1Api);
  const known = async (entry: Entry, allowed: boolean) => {
    const rule = roleOf(entry).rules?.[entry.rule];
    const [resource = '', subresource] = (rule?.resources?.[0] ?? '').split('/');
    const resourceAttributes = {
      ...(entry.kind === 'Role' ? { namespace: 'default' } : {}),
      group: rule?.apiGroups?.[0] ?? '',
      resource,
      ...(subresource ? { subresource } : {}),
      ...(rule?.resourceNames?.[0] ? { name: rule.resourceNames[0] } : {}),
      verb: entry.verb,
    };
    await waitUntil(`the API server ${allowed ? 'allows' : 'refuses'} ${entry.what}`, async () => {
      const body = { spec: { user, resourceAttributes } };
      return ((await reviews.createSubjectAccessReview({ body })).status?.allowed ?? false) === allowed;
    });
  };
  const roleOf = (entry: Entry): V1Role & V1ClusterRole => {
    const role = roles.find(({ kind }) => kind === entry.kind);
    if (!role) throw new Error(`no ${entry.kind}`);
    return role;
  };
  const put = async (entry: Entry, rules: V1PolicyRule[]) => {
    const { metadata, apiVersion, kind } = roleOf(entry);
    const body = { apiVersion, kind, metadata, rules } as V1Role & V1ClusterRole;
    if (entry.kind === 'Role') {
      await rbac.replaceNamespacedRole({ namespace: 'default', name: metadata?.name ?? '', body });
    } else await rbac.replaceClusterRole({ name: metadata?.name ?? '', body });
  };
  for (const entry of entries) await known(entry, true);

  return {
    admin: plane.kubeconfig,
    kubeconfig,
    entries,
    async asked(work) {
      const before = auditLength(plane);
      await work();
      const all = await askedBy(plane, user, before);
      return [...all, ...all.flatMap((one) => boundBy(one, entries))];
    },
    async without(entry, work) {
      const rules = roleOf(entry).rules ?? [];
      const fewer = rules.flatMap((rule, index) => {
        if (index !== entry.rule) return [rule];
        const verbs = rule.verbs.filter((verb) => verb !== entry.verb);
        return verbs.length === 0 ? [] : [Object.assign({}, rule, { verbs })];
      });
      await put(entry, fewer);
      await known(entry, false);
      try {
        return await work();
      } finally {
        await put(entry, rules);
        await known(entry, true);
      }
    },
    async post(pod, subresource) {
      const options = {};
      await own.applyToHTTPSOptions(options);
      const query = subresource === 'exec' ? '?command=true&stdout=true' : '';
      const url = `${plane.url}/api/v1/namespaces/default/pods/${pod}/${subresource}${query}`;
      return await new Promise<number>((resolve, reject) => {
        const sent = request(url, { ...options, method: 'POST' }, (answer) => {
          answer.resume();
          answer.on('end', () => resolve(answer.statusCode ?? 0));
        });
        sent.on('error', reject);
        sent.end();
      });
    },
  };
}
