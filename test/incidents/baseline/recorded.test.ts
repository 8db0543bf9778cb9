/** Which changes of an incident a comparison takes for recorded. */
import { expect, it } from 'vitest';
import { recordedActs } from '../../../src/incidents/baseline/recorded.ts';
import type { Incident, TryState } from '../../../src/incidents/state.ts';

const tried = (name: string, more: object, target: object = {}): Partial<TryState> => ({
  uses: 'k8s.scale',
  planned: { plan: { target: { kind: 'Deployment', namespace: 'prod', name, ...target } } } as never,
  ...more,
});
const incidentWith = (...tries: Partial<TryState>[]): Incident =>
  ({ runs: new Map([[1, { steps: new Map([['s', { id: 's', tries }]]) }]]) }) as unknown as Incident;

const scaled = (name: string) => ({ kind: 'Deployment', name, uses: 'k8s.scale' });

it('are those that were made, or may have been, each once', () => {
  const made = { started: true, outcome: { outcome: 'made' } as never };
  const incident = incidentWith(
    tried('web', made),
    tried('web', { ...made, undoes: 1 }),
    tried('unknown', { started: true }),
    tried('by-hand', { claimed: true }),
  );
  expect(recordedActs(incident)).toEqual([scaled('web'), scaled('unknown'), scaled('by-hand')]);
});

it('are not those that were only planned, or proved not to have changed anything', () => {
  const failed = { started: true, outcome: { outcome: 'failed' } as never };
  expect(recordedActs(incidentWith(tried('planned', {}), tried('failed', failed), { uses: 'x' }))).toEqual(
    [],
  );
});

it('are also on what the object is part of', () => {
  const owner = { kind: 'StatefulSet', name: 'db' };
  const member = tried('db-0', { started: true, uses: 'k8s.set-member-image' }, { kind: 'Pod', owner });
  expect(recordedActs(incidentWith(member))).toEqual([
    { kind: 'Pod', name: 'db-0', uses: 'k8s.set-member-image' },
    { ...owner, uses: 'k8s.set-member-image' },
  ]);
});

it('are also what a person said to have done, on the objects that the commands name', () => {
  const manual: Partial<TryState> = {
    claimed: true,
    args: {},
    byHand: [
      'kubectl -n prod patch statefulset db -p {"spec":{}}',
      'kubectl -n prod set image statefulsets/db postgresql=registry/secret:1',
      'oc -n prod delete sa/old',
      'kubectl -n prod get configmap/only-read',
      'kubectl -n prod wait deployment/web --for=condition=Available',
      'kubectl rollout status statefulset/only-awaited',
      'kubectl -n prod rollout undo deploy/api',
      'psql -c select',
    ],
  };
  const byHand = { uses: '', byHand: true };
  expect(recordedActs(incidentWith(manual))).toEqual([
    { kind: 'StatefulSet', name: 'db', ...byHand },
    { kind: 'ServiceAccount', name: 'old', ...byHand },
    { kind: 'Deployment', name: 'api', ...byHand },
  ]);
  expect(recordedActs(incidentWith({ ...manual, claimed: false }))).toEqual([]);
});
