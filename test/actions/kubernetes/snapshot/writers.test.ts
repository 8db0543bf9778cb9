/** Who wrote last, from managedFields alone: whole seconds, in no order within one. */
import { expect, it } from 'vitest';
import { lastWriter, writerOf } from '../../../../src/actions/kubernetes/snapshot/writers.ts';

const entry = (manager: string, second: number) => ({
  manager,
  time: new Date(Date.UTC(2024, 0, 10, 9, 34, second)),
  fieldsV1: { 'f:spec': { 'f:replicas': {} } },
});
const of = (...managedFields: ReturnType<typeof entry>[]) => ({ managedFields });
const path = ['spec', 'replicas'];

it('is the newest', () => {
  const metadata = of(entry('kubectl-edit', 5), entry('helm', 1));
  expect(lastWriter(metadata)?.manager).toBe('kubectl-edit');
  expect(writerOf(metadata, path)?.manager).toBe('kubectl-edit');
});

it('is nobody that can be named when two tools wrote in the same second', () => {
  const metadata = of(entry('helm', 1), entry('kubectl-edit', 5), entry('kubectl-patch', 5));
  expect(lastWriter(metadata)).toBeUndefined();
  expect(writerOf(metadata, path)).toBeUndefined();
});

it('is one tool that has two entries of the same second', () => {
  expect(lastWriter(of(entry('helm', 5), entry('helm', 5)))?.manager).toBe('helm');
});
