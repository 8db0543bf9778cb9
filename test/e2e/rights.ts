// The bot's own account in the cluster: exactly the rights that the actions declare, nothing of an administrator.

import type { KubernetesRight } from '../../src/actions/action.ts';
import { actions } from '../../src/actions/index.ts';
import { NAMESPACE } from './manifests.ts';

export const BOT_USER = 'handrail-bot';

/** A Role, a ClusterRole for what is cluster-wide, and their bindings. */
export function rightsManifest(): string {
  const all = actions.flatMap((action) => action.rights.kubernetes);
  const rules = (scope: 'namespace' | 'cluster'): string =>
    JSON.stringify(
      all.filter((right) => (right.scope ?? 'namespace') === scope && right.verbs.length > 0).map(rule),
    );
  const subjects = JSON.stringify([{ kind: 'User', name: BOT_USER, apiGroup: 'rbac.authorization.k8s.io' }]);
  const ref = (kind: string) => `{ apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: handrail }`;
  const named = `{ name: handrail, namespace: ${NAMESPACE} }`;
  return `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: ${named}
rules: ${rules('namespace')}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: ${named}
roleRef: ${ref('Role')}
subjects: ${subjects}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: handrail }
rules: ${rules('cluster')}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: handrail }
roleRef: ${ref('ClusterRole')}
subjects: ${subjects}
`;
}

function rule(right: KubernetesRight): object {
  return { apiGroups: [right.group], resources: [right.resource], verbs: [...right.verbs] };
}
