/** Answers "may I?" and "who am I?": SubjectAccessReview and its relatives. */
import { type Identity, isAllowed, rulesOf } from './access.ts';
import { Refusal } from './refusal.ts';
import type { Store } from './store.ts';
import { isRecord } from './wire.ts';

/** Throws a Refusal (422) when the question names nothing. */
export function review(
  store: Store,
  who: Identity,
  kind: string,
  body: Record<string, unknown>,
): Record<string, unknown> {
  const group = kind === 'SelfSubjectReview' ? 'authentication.k8s.io' : 'authorization.k8s.io';
  const spec = isRecord(body['spec']) ? body['spec'] : {};
  const answer = { kind, apiVersion: `${group}/v1`, metadata: { creationTimestamp: null }, spec };
  if (kind === 'SelfSubjectReview') {
    const { spec: _spec, ...rest } = answer;
    return { ...rest, status: { userInfo: { username: who.user, groups: who.groups } } };
  }
  if (kind === 'SelfSubjectRulesReview') {
    const namespace = typeof spec['namespace'] === 'string' ? spec['namespace'] : undefined;
    const all = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
    const rules = who.groups.includes('system:masters') ? [all] : rulesOf(store, who, namespace);
    return { ...answer, status: { resourceRules: rules, nonResourceRules: [], incomplete: false } };
  }
  const asked = isRecord(spec['resourceAttributes']) ? spec['resourceAttributes'] : undefined;
  if (!asked && !isRecord(spec['nonResourceAttributes'])) throw nothingAsked();
  const text = (field: string) => (typeof asked?.[field] === 'string' ? asked[field] : '');
  const groups = Array.isArray(spec['groups']) ? spec['groups'].map(String) : [];
  const subject =
    kind === 'SelfSubjectAccessReview'
      ? who
      : {
          user: typeof spec['user'] === 'string' ? spec['user'] : '',
          groups: [...groups, 'system:authenticated'],
        };
  const allowed = asked
    ? isAllowed(store, subject, {
        verb: text('verb'),
        group: text('group'),
        resource: text('resource'),
        ...(text('subresource') ? { subresource: text('subresource') } : {}),
        ...(text('namespace') ? { namespace: text('namespace') } : {}),
        ...(text('name') ? { name: text('name') } : {}),
      })
    : subject.groups.includes('system:masters');
  return { ...answer, status: { allowed } };
}

function nothingAsked(): Refusal {
  const message =
    'Invalid value: "null": exactly one of nonResourceAttributes or resourceAttributes must be specified';
  const field = 'spec.resourceAttributes';
  return new Refusal(422, 'Invalid', `.authorization.k8s.io "" is invalid: ${field}: ${message}`, {
    group: 'authorization.k8s.io',
    causes: [{ reason: 'FieldValueInvalid', message, field }],
  });
}
