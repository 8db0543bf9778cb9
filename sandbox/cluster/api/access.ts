/** Who somebody is and what RBAC lets them do. */
import { type Attributes, forbidden } from './refusal.ts';
import type { Store } from './store.ts';
import type { Wire } from './wire.ts';

export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs?: readonly string[];
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

interface Binding extends Wire {
  readonly subjects?: readonly Subject[];
  readonly roleRef: { readonly kind: string; readonly name: string };
}

/** Throws a Refusal (403) in the real server's words. */
export function mustBeAllowed(store: Store, who: Identity, asked: Attributes): void {
  if (!isAllowed(store, who, asked)) throw forbidden(who.user, asked);
}

export function isAllowed(store: Store, who: Identity, asked: Attributes): boolean {
  if (who.groups.includes('system:masters')) return true;
  // What every account may ask about itself (ClusterRole system:basic-user).
  if (asked.resource.startsWith('selfsubject') && asked.verb === 'create') return true;
  return rulesOf(store, who, asked.namespace).some((rule) => permits(rule, asked));
}

/** Every rule that counts for somebody in a namespace; without one, those of the whole cluster only. */
export function rulesOf(store: Store, who: Identity, namespace: string | undefined): Rule[] {
  const cluster = store.list<Binding>('ClusterRoleBinding').filter((one) => isBound(one, who));
  const local =
    namespace === undefined
      ? []
      : store.list<Binding>('RoleBinding', namespace).filter((one) => isBound(one, who));
  return [...cluster, ...local].flatMap((binding) => {
    const { kind, name } = binding.roleRef;
    const role = store.get(kind, binding.metadata.namespace, name);
    return (role?.['rules'] as Rule[] | undefined) ?? [];
  });
}

function isBound(binding: Binding, who: Identity): boolean {
  return (binding.subjects ?? []).some((subject) => {
    if (subject.kind === 'Group') return who.groups.includes(subject.name);
    if (subject.kind === 'User') return who.user === subject.name;
    const namespace = subject.namespace ?? binding.metadata.namespace;
    return who.user === `system:serviceaccount:${namespace}:${subject.name}`;
  });
}

function permits(rule: Rule, asked: Attributes): boolean {
  const has = (list: readonly string[] | undefined, value: string) =>
    (list ?? []).some((one) => one === '*' || one === value);
  const full = asked.subresource ? `${asked.resource}/${asked.subresource}` : asked.resource;
  const named = rule.resourceNames ?? [];
  return (
    has(rule.verbs, asked.verb) &&
    has(rule.apiGroups, asked.group) &&
    (has(rule.resources, full) ||
      (asked.subresource !== undefined && (rule.resources ?? []).includes(`*/${asked.subresource}`))) &&
    (named.length === 0 || (asked.name !== undefined && named.includes(asked.name)))
  );
}
