/** Rules about parameters and forms: defaults that fit, options where they belong, patterns that can be used. */
import { patternProblem } from '../linear-pattern.ts';
import { parseParam } from '../param-values.ts';
import type { Path } from '../places.ts';
import type { Param } from '../runbook.ts';
import { type LintContext, reportKey, reportValue, wholeSteps } from './context.ts';

export function checkParams(context: LintContext): void {
  for (const [name, param] of Object.entries(context.runbook.params)) {
    checkParam(context, ['params', name], name, param);
  }
  for (const { step, path } of wholeSteps(context)) {
    if (step.kind !== 'ask') continue;
    for (const [name, param] of Object.entries(step.form)) {
      checkParam(context, [...path, 'form', name], name, param);
    }
    if (Object.keys(step.form).length + step.choices.length > 0) continue;
    const says = `${step.id} asks nothing.`;
    reportKey(context, path, { code: 'RB002', says, remedy: 'Add form or choices.' });
  }
}

function checkParam(context: LintContext, path: Path, name: string, param: Param): void {
  if ((param.type === 'enum') !== (param.options !== undefined)) {
    const says = param.type === 'enum' ? `${name} needs options.` : `options belong to type enum only.`;
    reportKey(context, path, { code: 'RB002', says });
  }
  if (param.min !== undefined && param.max !== undefined && param.min > param.max) {
    reportValue(context, [...path, 'min'], { code: 'RB002', says: `min is greater than max.` });
  }
  if (param.pattern !== undefined) {
    const problem = patternProblem(param.pattern);
    if (problem !== undefined) {
      const says = `The pattern cannot be used: ${problem}.`;
      reportValue(context, [...path, 'pattern'], { code: 'RB115', says });
      return;
    }
  }
  if (param.default === undefined) return;
  const parsed = parseParam(param, param.default);
  if (!('problem' in parsed)) return;
  const says = `The default of ${name} does not fit: ${parsed.problem}`;
  reportValue(context, [...path, 'default'], { code: 'RB002', says });
}
