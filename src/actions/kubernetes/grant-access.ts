/** `k8s.grant-access`: gives somebody a role in the namespace for some hours, under a name that says for which incident. */
import type { V1PolicyRule } from '@kubernetes/client-node';
import { z } from 'zod';
import { neverGiven } from '../../catalog/never-given.ts';
import { sha256 } from '../../incidents/hash.ts';
import type { Call, Foreseen, Needed } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import type { Cluster } from './client.ts';
import { connect } from './client.ts';
import { contactFor } from './contact.ts';
import { incidentLabels, MADE_ONCE, makeOnce, mustBeAbsent, wasMade } from './made-once.ts';
import { createObject, type Kind, type KubeObject, ROLE_BINDING, readObject } from './objects.ts';
import { of, right } from './rights.ts';
import { EXPIRES, type LiveBinding } from './role-binding.ts';
import { askedOptionally, inWords, statusCode } from './status-error.ts';
import { rbacSubject, subjectFlag, subjectParams } from './subject.ts';

const RBAC = 'rbac.authorization.k8s.io';
const HOUR_MS = 3_600_000;

const roleKind = z.enum(['clusterrole', 'role']);
const ROLES: Readonly<Record<z.output<typeof roleKind>, Kind>> = {
  clusterrole: { kind: 'ClusterRole', apiVersion: `${RBAC}/v1`, plural: 'clusterroles' },
  role: { kind: 'Role', apiVersion: `${RBAC}/v1`, plural: 'roles' },
};

const params = z.object({
  ...subjectParams,
  /** Of the cluster's roles (`view`, `edit`, `admin`) or of the namespace's own. */
  role: z.string().min(1).max(253),
  role_kind: roleKind.default('clusterrole'),
  hours: z.int().min(1).max(168).default(8),
});
type Params = z.output<typeof params>;

const planValues = z.object({ binding: z.string(), role: z.string(), subject: z.string(), hours: z.int() });

export const grantAccess = changing({
  name: 'k8s.grant-access',
  version: 1,
  params,
  output: z.object({ binding: z.string(), expires: z.string() }),
  planValues,
  capturesBefore: false,
  rights: {
    kubernetes: [
      right(RBAC, 'rolebindings', ['create', 'get']),
      // Without `bind` the API server lets nobody give what he does not have himself.
      of(right(RBAC, 'clusterroles', ['bind']), (call) => ofKind(call, 'clusterrole')),
      of(right(RBAC, 'roles', ['bind']), (call) => ofKind(call, 'role')),
      of(right(RBAC, 'clusterroles', ['get'], { scope: 'cluster', optional: true }), (call) =>
        ofKind(call, 'clusterrole'),
      ),
      of(right(RBAC, 'roles', ['get'], { optional: true }), (call) => ofKind(call, 'role')),
    ],
    postgres: [],
  },
  guard: MADE_ONCE,
  byHand: (p, namespace) => {
    const { flag, value } = subjectFlag(p, namespace);
    const role = `--${p.role_kind ?? 'clusterrole'}=${word(p.role, '<role>')}`;
    const who = value
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '');
    const name = p.subject && p.role ? word(`incident-${who}-${p.role}`, '<name>') : '<name>';
    const until = word(`${EXPIRES}=${p.hours ?? 8}h`, '<expiry>');
    return [
      kubectl(namespace, `create rolebinding ${name} ${role} ${flag}=${word(value, '<subject>')}`),
      kubectl(namespace, `annotate rolebinding ${name} ${until}`),
      kubectl(namespace, `auth can-i get pods --as=${word(p.subject, '<subject>')}`),
      kubectl(namespace, `delete rolebinding ${name}  # at the end`),
    ];
  },

  async plan(call) {
    const { subject, subject_kind, role, role_kind, hours } = call.params;
    refuseName(role, call.reach.catalog.neverGive);
    refuseSubject(call.params);
    const cluster = await connect(call);
    const unknowns: string[] = [];
    await refuseRules(cluster, call, unknowns);
    const body = bindingOf(call);
    const { name } = body.metadata;
    await mustBeAbsent(
      cluster,
      ROLE_BINDING,
      call.namespace,
      name,
      'This incident has given it before: look at it, or revoke it first.',
    );
    await tryIt(cluster, call, body);
    return {
      target: { kind: 'RoleBinding', namespace: call.namespace, name },
      changes: [
        {
          field: `rights of ${subject_kind} ${subject}`,
          before: 'not from this incident',
          after: `${ROLES[role_kind].kind} ${role} in ${call.namespace}, for ${hours} h`,
        },
      ],
      values: { binding: name, role, subject, hours },
      notes: notesOf(call.params),
      unknowns,
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    refuseName(call.params.role, call.reach.catalog.neverGive);
    refuseSubject(call.params);
    const expires = new Date(call.now().getTime() + values.hours * HOUR_MS).toISOString();
    const body = bindingOf(call);
    const metadata = { ...body.metadata, annotations: { [EXPIRES]: expires } };
    const made = await makeOnce<LiveBinding>(await connect(call), call, ROLE_BINDING, { ...body, metadata });
    return { binding: values.binding, expires: made.metadata.annotations?.[EXPIRES] ?? expires };
  },

  async happened(call) {
    const values = planValues.parse(call.plan.values);
    return await wasMade(await connect(call), call, ROLE_BINDING, values.binding);
  },
});

/** What the cluster has for people; a runbook that names another one is printed with it. */
const USUAL = ['admin', 'edit', 'view'];

/** While only a run tells which role: the usual ones of the cluster, since to bind any of them is to bind cluster-admin. */
function ofKind(call: Foreseen, kind: z.output<typeof roleKind>): Needed {
  const known = call.args['role_kind'];
  if (typeof known === 'object' && known.is !== kind) return 'none';
  const role = call.args['role'];
  if (typeof role !== 'object' && kind === 'role') return 'any';
  const given = (typeof role === 'object' ? [role.is] : USUAL).filter(
    (one) => neverGiven(one, call.neverGive) === undefined,
  );
  return given.length === 0 ? 'none' : given;
}

/** Roles that nobody is given here, whatever they hold. */
function refuseName(role: string, forbidden: readonly string[] | undefined): void {
  const by = neverGiven(role, forbidden);
  if (by !== undefined)
    throw new ActionFailed(
      `${role} is not given in an incident: handrail.yaml says so (access.never_give: ${by}). Choose a smaller role.`,
      { nothingHappened: true },
    );
  if (role !== 'cluster-admin' && !role.startsWith('system:')) return;
  throw new ActionFailed(
    `${role} is not given by Handrail: it is more than anybody needs in an incident. Ask for "view", "edit" or a role of the namespace.`,
    { nothingHappened: true },
  );
}

const EVERYBODY = new Set([
  'system:authenticated',
  'system:unauthenticated',
  'system:serviceaccounts',
  'system:masters',
]);

function refuseSubject({ subject, subject_kind }: Params): void {
  if (subject !== 'system:anonymous' && !(subject_kind === 'group' && EVERYBODY.has(subject))) return;
  throw new ActionFailed(
    `${subject} is everybody, or nobody in particular. Name a person, a team or a service account.`,
    {
      nothingHappened: true,
    },
  );
}

/** A role that allows everything is cluster-admin under another name. */
async function refuseRules(cluster: Cluster, call: Call<Params>, unknowns: string[]): Promise<void> {
  const { role, role_kind } = call.params;
  const where = role_kind === 'role' ? call.namespace : undefined;
  const reading = readObject<KubeObject & { rules?: V1PolicyRule[] }>(
    cluster,
    ROLES[role_kind],
    where,
    role,
  ).catch((error: unknown) => {
    if (statusCode(error) !== 404) throw error;
    throw new ActionFailed(`There is no ${ROLES[role_kind].kind} ${role}${where ? ` in ${where}` : ''}.`, {
      nothingHappened: true,
    });
  });
  const found = await askedOptionally(
    `what ${ROLES[role_kind].kind} ${role} allows`,
    reading,
    unknowns,
    role_kind === 'clusterrole' ? contactFor(call) : undefined,
  );
  const everything = found?.rules?.some(
    (rule) => rule.verbs.includes('*') && rule.resources?.includes('*') && rule.apiGroups?.includes('*'),
  );
  if (!everything) return;
  throw new ActionFailed(
    `${ROLES[role_kind].kind} ${role} allows everything, so it is not given here. Choose a smaller role.`,
    {
      nothingHappened: true,
    },
  );
}

/** A dry run asks the same as the real one: may this account make bindings, and may it give this role. */
async function tryIt(cluster: Cluster, call: Call<Params>, body: KubeObject): Promise<void> {
  try {
    await createObject(cluster, ROLE_BINDING, call.namespace, body, { dryRun: true });
  } catch (error) {
    if (
      statusCode(error) === 403 &&
      /attempting to grant RBAC permissions/.test(String((error as { body?: unknown }).body))
    ) {
      throw new ActionFailed(
        `This bot has no right to give ${call.params.role}: it needs the verb bind on it ("handrail rbac" prints it). Ask somebody who administers ${call.namespace}.`,
        { nothingHappened: true, cause: error },
      );
    }
    throw inWords(error, `trying (dry run) to make a RoleBinding in ${call.namespace}`);
  }
}

/** The same incident, person and role have the same name, so that it is given once. */
function bindingOf(call: Pick<Call<Params>, 'params' | 'namespace' | 'incident'>) {
  const { subject, subject_kind, role, role_kind } = call.params;
  const mark = sha256(`${subject_kind} ${subject} ${role_kind} ${role}`).slice(0, 8);
  return {
    apiVersion: ROLE_BINDING.apiVersion,
    kind: ROLE_BINDING.kind,
    metadata: {
      name: `handrail-inc-${call.incident}-${mark}`,
      namespace: call.namespace,
      labels: incidentLabels(call),
    },
    roleRef: { apiGroup: RBAC, kind: ROLES[role_kind].kind, name: role },
    subjects: [rbacSubject(call.params, call.namespace)],
  };
}

function notesOf({ subject, subject_kind, role, hours }: Params): string[] {
  const notes = [
    `The cluster does not end it by itself: after ${hours} h the incident asks for it to be taken back.`,
  ];
  if (role === 'admin') notes.push('With admin one may give rights further.');
  if (subject_kind === 'user')
    notes.push(
      `The cluster takes any name: whether ${subject} is how it knows this person shows only when it works.`,
    );
  return notes;
}
