/** What is wrong with a test file whatever its tests would show: told once, and nothing of it is played. */
import { suggestion } from '../../catalog/nearest.ts';
import type { Path } from '../../runbooks/places.ts';
import type { Problem } from '../../runbooks/problem.ts';
import type { Runbook, Step } from '../../runbooks/runbook.ts';
import type { Played } from './play.ts';
import { shapeProblems } from './shape-problems.ts';

/** Steps that do not exist, in `outputs` and in the tests, and outputs that are not of their action's shape. */
export function checkFile(of: Played): Problem[] {
  const { test, file, places, register, runbooks } = of;
  const runbook = runbooks.get(test.runbook)?.runbook;
  const steps = runbook === undefined ? [] : stepsIn(runbook, runbooks);
  const ids = [...new Set(steps.map(({ id }) => id))];
  const problems: Problem[] = [];
  const noStep = (path: Path, id: string, spot: 'key' | 'value') => {
    const remedy = suggestion(id, ids);
    const says = `The runbook ${test.runbook} has no step ${id}.`;
    const at = spot === 'key' ? places.key(path) : places.value(path);
    problems.push({ code: 'RT002', level: 'error', file, ...at, says, ...(remedy && { remedy }) });
  };
  for (const [id, values] of Object.entries(test.outputs)) {
    const base = ['outputs', id];
    const step = steps.find((one) => one.id === id);
    if (step === undefined) {
      noStep(base, id, 'key');
      continue;
    }
    const action = step.kind === 'check' ? register(step.uses) : undefined;
    if (action === undefined) {
      const says = `${id} is no check: what it answers is said in the tests.`;
      problems.push({ code: 'RT002', level: 'error', file, ...places.key(base), says });
      continue;
    }
    const none = { values: {}, base };
    const schema = action.output.strict().partial();
    problems.push(...shapeProblems(schema, action.name, { values, base }, none, { places, file }));
  }
  for (const [index, one] of test.tests.entries())
    for (const [at, { step }] of one.steps.entries())
      if (!ids.includes(step)) noStep(['tests', index, 'steps', at, 'step'], step, 'value');
  return problems;
}

/** Of the runbook and of those that run inside it. */
function stepsIn(runbook: Runbook, runbooks: Played['runbooks'], seen = new Set<string>()): Step[] {
  if (seen.has(runbook.id)) return [];
  seen.add(runbook.id);
  return runbook.steps.flatMap((step) => {
    const nested = step.kind === 'run' ? runbooks.get(step.runbook)?.runbook : undefined;
    return nested === undefined ? [step] : [step, ...stepsIn(nested, runbooks, seen)];
  });
}
