/** Label and field selectors of requests, and label selectors of objects. */
import { badRequest } from './refusal.ts';
import type { Resource } from './resources.ts';
import { isRecord, type LabelSelector, type Wire } from './wire.ts';

export type Matcher = (object: Wire) => boolean;
type Labels = Readonly<Record<string, string>>;

/** Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k`. Throws a Refusal (400) with the server's kind of words. */
export function labelMatcher(text: string): Matcher {
  const rules = splitOutsideBrackets(text).map(labelRule);
  return (object) => rules.every((rule) => rule(object.metadata.labels ?? {}));
}

function splitOutsideBrackets(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function labelRule(part: string): (labels: Labels) => boolean {
  const set = /^([\w./-]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return operator === 'in'
      ? (labels) => key in labels && values.includes(labels[key] ?? '')
      : (labels) => !(key in labels) || !values.includes(labels[key] ?? '');
  }
  const pair = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(part);
  if (pair) {
    const [, key = '', operator, value = ''] = pair;
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const has = /^(!?)\s*([\w./-]+)$/.exec(part);
  if (has) {
    const [, not, key = ''] = has;
    return (labels) => key in labels !== (not === '!');
  }
  if (/=[^=]*=/.test(part)) throw badRequest("found '=', expected: ',' or 'end of string'");
  throw badRequest(`unable to parse requirement: ${JSON.stringify(part)}`);
}

/** What each kind can be selected by, beside metadata.name and metadata.namespace. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Secret: ['type'],
  Node: ['spec.unschedulable'],
  Job: ['status.successful'],
  Namespace: ['status.phase'],
  ReplicaSet: ['status.replicas'],
};

/** Reads `spec.nodeName=a,type!=Normal`. Throws a Refusal (400) for a field that this kind cannot be selected by. */
export function fieldMatcher(text: string, resource: Resource): Matcher {
  const rules = text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const found = /^\s*([\w.[\]-]+)\s*(==|=|!=)\s*(.*?)\s*$/.exec(part);
      if (!found) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
      const [, field = '', operator, value = ''] = found;
      const own = FIELDS[resource.kind];
      if (!['metadata.name', 'metadata.namespace', ...(own ?? [])].includes(field)) {
        throw badRequest(
          own && resource.kind !== 'Secret'
            ? `field label not supported: ${field}`
            : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
        );
      }
      return (object: Wire) => (fieldOf(object, field) === value) === (operator !== '!=');
    });
  return (object) => rules.every((rule) => rule(object));
}

function fieldOf(object: Wire, path: string): string {
  let at: unknown = path === 'source' ? { source: sourceOf(object) } : object;
  for (const key of path.split('.')) at = isRecord(at) ? at[key] : undefined;
  return typeof at === 'string' ? at : typeof at === 'number' || typeof at === 'boolean' ? String(at) : '';
}

function sourceOf(object: Wire): unknown {
  return isRecord(object['source']) ? object['source']['component'] : '';
}

/** Matches as a workload's selector does; one that names nothing selects everything. */
export function selects(selector: LabelSelector, labels: Labels | undefined): boolean {
  const present = labels ?? {};
  const pairs = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => present[key] === value);
  return (
    pairs &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = present[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === 'In' ? isIn : !isIn;
    })
  );
}

/** `app=web,tier in (a,b)`: a scale's `status.selector`. */
export function selectorText(selector: LabelSelector): string {
  const pairs = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const rules = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...pairs, ...rules].sort().join(',');
}
