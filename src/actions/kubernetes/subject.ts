/** Who gets rights: a person, a group or a service account, in the forms that RBAC and its reviews have. */
import type { RbacV1Subject } from '@kubernetes/client-node';
import { z } from 'zod';

export const subjectKind = z.enum(['user', 'group', 'serviceaccount']);

export const subjectParams = {
  /** As the cluster knows it; a service account of another namespace as `namespace:name`. */
  subject: z.string().min(1).max(253),
  subject_kind: subjectKind.default('user'),
};

export interface Subject {
  readonly subject: string;
  readonly subject_kind: z.output<typeof subjectKind>;
}

function account(subject: string, namespace: string): { namespace: string; name: string } {
  const [first = '', second] = subject.split(':');
  return second === undefined ? { namespace, name: first } : { namespace: first, name: second };
}

/** For a RoleBinding. */
export function rbacSubject({ subject, subject_kind }: Subject, namespace: string): RbacV1Subject {
  const apiGroup = 'rbac.authorization.k8s.io';
  switch (subject_kind) {
    case 'user':
      return { kind: 'User', name: subject, apiGroup };
    case 'group':
      return { kind: 'Group', name: subject, apiGroup };
    case 'serviceaccount':
      return { kind: 'ServiceAccount', ...account(subject, namespace) };
  }
}

/** For a question to the API server as this subject. A user's own groups are not known here: only what everybody has. */
export function asIdentity(
  { subject, subject_kind }: Subject,
  namespace: string,
): { user?: string; groups: string[] } {
  switch (subject_kind) {
    case 'user':
      return { user: subject, groups: ['system:authenticated'] };
    case 'group':
      return { groups: [subject, 'system:authenticated'] };
    case 'serviceaccount': {
      const { namespace: at, name } = account(subject, namespace);
      return {
        user: `system:serviceaccount:${at}:${name}`,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${at}`, 'system:authenticated'],
      };
    }
  }
}

/** `--user=jane`, `--group=on-call`, `--serviceaccount=prod:web`, quoted by the caller. */
export function subjectFlag(params: Partial<Subject>, namespace: string): { flag: string; value: string } {
  const subject = params.subject ?? '';
  switch (params.subject_kind ?? 'user') {
    case 'user':
      return { flag: '--user', value: subject };
    case 'group':
      return { flag: '--group', value: subject };
    case 'serviceaccount': {
      const { namespace: at, name } = account(subject, namespace);
      return { flag: '--serviceaccount', value: subject === '' ? '' : `${at}:${name}` };
    }
  }
}
