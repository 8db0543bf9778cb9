// What a pod's plan says that it is part of.
import { expect, it } from 'vitest';
import { ownerOfPod } from '../../../src/actions/kubernetes/pod-owner.ts';

const reference = (kind: string, name: string, controller?: boolean) => ({
  apiVersion: 'v1',
  kind,
  name,
  uid: 'u',
  ...(controller === undefined ? {} : { controller }),
});

it('is the owner that controls it, and nothing for a pod of nobody', () => {
  const of = (...ownerReferences: ReturnType<typeof reference>[]) =>
    ownerOfPod({ metadata: { ownerReferences } });
  expect(of(reference('Policy', 'x'), reference('StatefulSet', 'pg-blue', true))).toEqual({
    owner: { kind: 'StatefulSet', name: 'pg-blue' },
  });
  expect(of(reference('StatefulSet', 'pg', false))).toEqual({});
  expect(ownerOfPod({ metadata: { name: 'pg-0' } })).toEqual({});
});
