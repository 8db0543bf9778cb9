/** The objects that `handrail rbac` prints: a service account, what it may do, and in comments what else is needed. */
import { Document, type YAMLMap, type YAMLSeq } from 'yaml';
import { CHOICE, type NeededRights, type NeededRule } from '../actions/needed-rights.ts';
import type { NeededGrant, NeededSql, Reason } from '../actions/needed-sql.ts';

export interface Account {
  readonly namespace: string;
  readonly name: string;
}

export interface InNamespace {
  readonly namespace: string;
  readonly rights: NeededRights;
}

const GROUP = 'rbac.authorization.k8s.io';
const API = `${GROUP}/v1`;

/** YAML for `kubectl apply -f -`. The same input gives the same text. `runbooks`: ids, for the first comment. */
export function rbacManifest(
  account: Account,
  namespaces: readonly InNamespace[],
  runbooks: readonly string[],
): string {
  const subjects = [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }];
  const roleRef = (kind: string, name: string) => ({ apiGroup: GROUP, kind, name });
  const head = object({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
  head.commentBefore = lines([
    'What Handrail may do in the cluster: the least that these runbooks need, for',
    '  handrail rbac | kubectl apply -f -',
    `Runbooks: ${runbooks.join(', ')}.`,
    'Behind each rule stands who needs it: the action, its verbs, and the places in the runbooks.',
  ]);
  const documents = [head];
  for (const { namespace, rights } of namespaces) {
    const rules = rights.rules.filter(({ scope }) => scope === 'namespace');
    if (rules.length === 0) continue;
    const metadata = { name: account.name, namespace };
    documents.push(
      withRules(object({ apiVersion: API, kind: 'Role', metadata }), rules),
      object({
        apiVersion: API,
        kind: 'RoleBinding',
        metadata,
        roleRef: roleRef('Role', account.name),
        subjects,
      }),
    );
  }
  const wide = clusterRules(namespaces);
  if (wide.length > 0) {
    // The whole cluster shares these names: two teams with an account of the same name must not overwrite each other.
    const name = `${account.name}-${account.namespace}`;
    const role = object({ apiVersion: API, kind: 'ClusterRole', metadata: { name } });
    role.commentBefore = lines([
      'What no namespace has. Leave this and its binding out where you may not give it:',
      'the steps then still answer, and say what they had no right to see.',
    ]);
    documents.push(
      withRules(role, wide),
      object({
        apiVersion: API,
        kind: 'ClusterRoleBinding',
        metadata: { name },
        roleRef: roleRef('ClusterRole', name),
        subjects,
      }),
    );
  }
  const rest = namespaces.flatMap((one) => whatElse(one));
  if (rest.length > 0) {
    const last = documents.at(-1);
    if (last) last.comment = lines(rest);
  }
  return documents.map((one) => one.toString({ lineWidth: 0, flowCollectionPadding: false })).join('---\n');
}

/** The grants alone, for psql: one block for each role of the catalogue. */
export function grantStatements(namespaces: readonly InNamespace[]): string[] {
  return namespaces.flatMap(({ namespace, rights }) => statements(namespace, rights.sql.grants));
}

function object(value: Record<string, unknown>): Document {
  return new Document(value, { aliasDuplicateObjects: false });
}

/** Adds the rules, each with a comment that says who needs it. */
function withRules(document: Document, rules: readonly NeededRule[]): Document {
  document.set('rules', document.createNode(rules.map(ruleObject)));
  const seq = document.get('rules') as YAMLSeq<YAMLMap>;
  for (const [index, item] of seq.items.entries()) {
    const rule = rules[index];
    if (!rule) continue;
    for (const key of ['apiGroups', 'resources', 'resourceNames', 'verbs']) {
      const list = item.get(key) as YAMLSeq | undefined;
      if (list) list.flow = true;
    }
    item.commentBefore = lines([
      ...rule.reasons.map((one) => `${one.who} needs ${one.verbs.join(', ')}: ${placesOf(one)}`),
      ...(rule.optional ? [withoutIt(rule)] : []),
      ...(warningOf(rule) ?? []),
    ]);
  }
  return document;
}

function ruleObject(rule: NeededRule): Record<string, unknown> {
  return {
    apiGroups: [rule.group],
    resources: [rule.resource],
    ...(rule.names ? { resourceNames: rule.names } : {}),
    verbs: rule.verbs,
  };
}

function withoutIt({ reasons }: NeededRule): string {
  return reasons.every(({ who }) => who === CHOICE)
    ? 'May be left out: people then type the name.'
    : 'May be left out: what it would show is then said to be unknown.';
}

function warningOf({ resource, names, verbs }: NeededRule): string[] | undefined {
  const which = names ? names.join(', ') : 'all of this namespace';
  if (resource === 'secrets')
    return [
      ...(verbs.includes('get')
        ? [`It reads Secrets (${which}): to find a database's address, and to take their values out of logs.`]
        : []),
      ...(verbs.includes('list')
        ? [
            'It reads all Secrets of this namespace, and keeps a keyed hash of each value: to see what changed.',
          ]
        : []),
    ];
  if (resource === 'pods/exec')
    return [`It runs commands inside pods (${which}): who holds it can do what these pods can.`];
  return undefined;
}

/** `check-patroni (step trace, step members); dump-db (parameter pod)`. */
function placesOf({ places }: Reason): string {
  return [...Map.groupBy(places, ({ runbook }) => runbook)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([runbook, own]) => `${runbook} (${[...new Set(own.map(({ where }) => where))].join(', ')})`)
    .join('; ');
}

/** Every namespace asks for the same; the reasons are those of all of them together. */
function clusterRules(namespaces: readonly InNamespace[]): NeededRule[] {
  const all = namespaces.flatMap(({ rights }) => rights.rules.filter(({ scope }) => scope === 'cluster'));
  const seen = new Map(
    all.map((rule) => [JSON.stringify([rule.group, rule.resource, rule.names, rule.verbs]), rule]),
  );
  return [...seen].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
}

function whatElse({ namespace, rights }: InNamespace): string[] {
  return [
    ...(rights.asksPatroni
      ? [
          `Patroni in ${namespace}: its REST API is only read (GET), which needs no right of its own;`,
          '  pods/portforward is what leads there.',
        ]
      : []),
    ...(rights.sql.asked ? aboutSql(namespace, rights.sql) : []),
  ];
}

function aboutSql(namespace: string, { grants, asThePod }: NeededSql): string[] {
  const which = asThePod.length > 0 ? ` (${asThePod.join(', ')})` : '';
  return [
    `PostgreSQL in ${namespace}: psql and pg_dump run inside the pod, which pods/exec leads to.`,
    ...(grants.length === 0 || asThePod.length > 0
      ? [
          `  Where handrail.yaml names no "user"${which} they log in as the pod does (PGUSER, else postgres):`,
          '  as a superuser nothing has to be granted.',
        ]
      : []),
    ...(grants.length > 0
      ? ['  For the roles that it names, as a superuser (`handrail rbac --sql` prints this alone):']
      : []),
    ...statements(namespace, grants).map((line) => `    ${line}`),
  ];
}

function statements(namespace: string, grants: readonly NeededGrant[]): string[] {
  const blocks = Map.groupBy(grants, ({ cluster, role }) => JSON.stringify([cluster, role]));
  const text = [...blocks.values()].flatMap((block) => {
    const first = block[0];
    if (!first) return [];
    return [
      `-- ${first.cluster} in ${namespace}, role ${first.role}; it must be there already: CREATE ROLE ${quoted(first.role)} LOGIN;`,
      ...block.flatMap((one) => statement(one)),
    ];
  });
  // A line break in a name would end the comment that it stands in.
  return text.map(oneLine);
}

function statement({ grant, role, databases, reasons }: NeededGrant): string[] {
  const why = reasons.map((one) => `-- ${one.who}, ${one.why}: ${placesOf(one)}`);
  if (grant !== 'CONNECT') return [...why, `GRANT ${grant} TO ${quoted(role)};`];
  return [
    ...why,
    ...databases.map((name) => `GRANT CONNECT ON DATABASE ${quoted(name)} TO ${quoted(role)};`),
  ];
}

/** A name as SQL reads it, whatever is in it. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A comment; yaml puts a # before each line. */
function lines(all: readonly string[]): string {
  return all.map((line) => ` ${oneLine(line)}`).join('\n');
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}
