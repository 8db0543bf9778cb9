/** `k8s.access`: what a person, a group or a service account may really do in the namespace, asked of the API server. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { send } from './objects.ts';
import { right } from './rights.ts';
import { asked } from './status-error.ts';
import { asIdentity, subjectFlag, subjectParams } from './subject.ts';

/** `get pods`, `create pods/exec`, `patch deployments.apps`. */
const deed = z
  .string()
  .regex(
    /^[a-z]+ [a-z]+(\.[a-z0-9.-]+)?(\/[a-z]+)?$/,
    'A verb and a resource, such as "get pods" or "patch deployments.apps".',
  );

export const access = reading({
  name: 'k8s.access',
  version: 1,
  params: z.object({
    ...subjectParams,
    /** What to ask for, each as verb and resource. */
    can: z.array(deed).min(1).max(20).default(['get pods']),
  }),
  output: z.object({
    allowed: z.array(z.string()),
    denied: z.array(z.string()),
    /** Everything that was asked for is allowed. */
    all: z.boolean(),
    says: z.string(),
  }),
  rights: {
    kubernetes: [right('authorization.k8s.io', 'localsubjectaccessreviews', ['create'])],
    postgres: [],
  },
  byHand: (params, namespace) => {
    const { flag, value } = subjectFlag(params, namespace);
    const as =
      flag === '--group'
        ? `--as=nobody --as-group=${word(value, '<group>')}`
        : `--as=${word(userOf(params, namespace), '<user>')}`;
    return (params.can ?? ['get pods']).map((one) => {
      const [verb = '', resource = ''] = one.split(' ');
      return kubectl(namespace, `auth can-i ${word(verb, '<verb>')} ${word(resource, '<resource>')} ${as}`);
    });
  },
  async run(call) {
    const cluster = await connect(call);
    const { namespace } = call;
    const identity = asIdentity(call.params, namespace);
    const answers = [];
    for (const one of call.params.can) {
      const [verb = '', what = ''] = one.split(' ');
      const [named = '', subresource] = what.split('/');
      const [resource = '', ...group] = named.split('.');
      const review = await asked(
        `asking what ${call.params.subject} may do in ${namespace}`,
        send<{ status?: { allowed?: boolean } }>(cluster, {
          method: 'POST',
          path: `/apis/authorization.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/localsubjectaccessreviews`,
          body: {
            apiVersion: 'authorization.k8s.io/v1',
            kind: 'LocalSubjectAccessReview',
            metadata: { namespace },
            spec: {
              ...identity,
              resourceAttributes: {
                namespace,
                verb,
                resource,
                group: group.join('.'),
                ...(subresource ? { subresource } : {}),
              },
            },
          },
        }),
      );
      answers.push({ one, allowed: review.status?.allowed === true });
    }
    const allowed = answers.filter((each) => each.allowed).map((each) => each.one);
    const denied = answers.filter((each) => !each.allowed).map((each) => each.one);
    return {
      allowed,
      denied,
      all: denied.length === 0,
      says: inSentence(call.params.subject, allowed, denied),
    };
  },
});

function userOf(params: { subject?: string; subject_kind?: string }, namespace: string): string {
  if (params.subject === undefined || params.subject === '') return '';
  return params.subject_kind === 'serviceaccount'
    ? `system:serviceaccount:${subjectFlag({ subject: params.subject, subject_kind: 'serviceaccount' }, namespace).value}`
    : params.subject;
}

function inSentence(subject: string, allowed: readonly string[], denied: readonly string[]): string {
  if (denied.length === 0) return `${subject} may ${allowed.join(', ')}.`;
  if (allowed.length === 0) return `${subject} may not ${denied.join(', ')}.`;
  return `${subject} may ${allowed.join(', ')}, but not ${denied.join(', ')}.`;
}
