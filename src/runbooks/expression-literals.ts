/** Rules about what is written out in an expression: patterns, amounts, lengths of time; and `matches`, which is refused. */
import type { ExpressionNode, ExpressionProblem } from './expression-reading.ts';
import { patternProblem } from './linear-pattern.ts';

export function refuseMatches(node: ExpressionNode, problems: ExpressionProblem[]): void {
  const says = 'matches() can block the whole process for seconds.';
  const remedy = 'Use found(text, "pattern").';
  problems.push({ code: 'RB115', says, remedy, offset: node.start });
}

export function checkPattern(node: ExpressionNode, problems: ExpressionProblem[]): void {
  if (node.op !== 'value' || typeof node.args !== 'string') {
    const says = 'The pattern of found() must be written out, so that it can be checked.';
    problems.push({ code: 'RB115', says, offset: node.start });
    return;
  }
  const problem = patternProblem(node.args);
  if (problem === undefined) return;
  problems.push({ code: 'RB115', says: `The pattern cannot be used: ${problem}.`, offset: node.start });
}

export function checkLiteral(
  node: ExpressionNode | undefined,
  problems: ExpressionProblem[],
  good: (text: string) => boolean,
  wanted: string,
): void {
  if (node?.op !== 'value' || typeof node.args !== 'string' || good(node.args)) return;
  const says = `${JSON.stringify(node.args)} is not ${wanted}.`;
  problems.push({ code: 'RB117', says, offset: node.start });
}
