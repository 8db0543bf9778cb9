/** Label selectors: as the API's text, and matched here. */
import type { V1LabelSelector } from '@kubernetes/client-node';

type Labels = Readonly<Record<string, string>>;

/** `app=web,tier in (a,b)`; empty for a selector that names nothing. */
export function selectorText(selector: V1LabelSelector): string {
  const parts = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  for (const rule of selector.matchExpressions ?? []) {
    const values = (rule.values ?? []).join(',');
    if (rule.operator === 'In') parts.push(`${rule.key} in (${values})`);
    else if (rule.operator === 'NotIn') parts.push(`${rule.key} notin (${values})`);
    else if (rule.operator === 'Exists') parts.push(rule.key);
    else if (rule.operator === 'DoesNotExist') parts.push(`!${rule.key}`);
  }
  return parts.join(',');
}

/** Text of a Service's selector, which has equality only. */
export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** True when every pair of `wanted` is among `labels`; an empty `wanted` selects nothing, as a Service does. */
export function matches(wanted: Labels, labels: Labels | undefined): boolean {
  const pairs = Object.entries(wanted);
  return pairs.length > 0 && pairs.every(([key, value]) => labels?.[key] === value);
}

/**
 * Labels that say what a member is at this moment, not which cluster it belongs to. Patroni 4 labels the leader
 * `role=primary`; older Services select `role=master` and then match nothing.
 */
const ROLE = /(^|[/.-])(role|spilo-role|cluster-role)$/;

/** The pairs that name the cluster, without those that name a member's present role. */
export function withoutRole(labels: Labels): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !ROLE.test(key)));
}
