/** One expression at one place of the file: checked, and its problems put where it stands. */
import { type Checked, checkExpression } from '../expressions.ts';
import type { Path } from '../places.ts';
import type { ScopeTypes } from '../scope-types.ts';
import { splitTemplate } from '../template.ts';
import { type LintContext, reportAt } from './context.ts';

export type Typed = Checked;

/** `offset`: where the expression begins in the scalar at `path`. Undefined when it has been reported. */
export function checkPlace(
  context: LintContext,
  types: ScopeTypes,
  path: Path,
  source: string,
  offset: number,
): Typed | undefined {
  const spot = (within: number) => context.places.within(path, offset + within);
  if (source === '') {
    reportAt(context, spot(0), { code: 'RB117', says: 'Nothing stands between ${{ and }}.' });
    return undefined;
  }
  const result = checkExpression(source, types);
  if (!('problems' in result)) return result;
  for (const { code, says, remedy, offset: within } of result.problems) {
    reportAt(context, spot(within), { code, says, remedy });
  }
  return undefined;
}

export function checkCondition(context: LintContext, types: ScopeTypes, path: Path, source: string): void {
  if (source.includes('${{')) {
    const says = 'A condition is an expression already.';
    reportAt(context, context.places.value(path), { code: 'RB117', says, remedy: 'Remove ${{ and }}.' });
    return;
  }
  const typed = checkPlace(context, types, path, source, 0);
  if (typed === undefined || typed.type === 'bool' || typed.type === 'dyn') return;
  const says = `This must be true or false, and it is ${typed.type}.`;
  reportAt(context, context.places.value(path), { code: 'RB117', says });
}

/** Text that people read: every value must be one that can be shown, and none sensitive (RB112). */
export function checkShown(context: LintContext, types: ScopeTypes, path: Path, template: string): void {
  for (const { source, offset, typed } of placesOf(context, types, path, template)) {
    const spot = context.places.within(path, offset);
    const type = /^optional<(.*)>$/.exec(typed.type)?.[1] ?? typed.type;
    if (isSensitive(typed)) {
      const says = `${source} may hold personal data or secrets and would be shown here.`;
      const remedy = 'Keep it as evidence (capture) and say what it means instead.';
      reportAt(context, spot, { code: 'RB112', says, remedy });
    } else if (!showable(type)) {
      const says = `${source} is a group of fields and cannot be shown.`;
      reportAt(context, spot, { code: 'RB117', says, remedy: 'Name one of its fields.' });
    }
  }
}

/** A number, or yes or no, says nothing of what it was taken from. */
function isSensitive({ sensitive, type }: Typed): boolean {
  const inner = /^optional<(.*)>$/.exec(type)?.[1] ?? type;
  return sensitive && !/^(bool|int|double)$/.test(inner);
}

/**
 * One expression that goes to an action or to another runbook. Arguments are stored and shown, in the commands to type
 * and in the header of the next run, so none may be sensitive (RB112).
 */
export function checkArgument(
  context: LintContext,
  types: ScopeTypes,
  path: Path,
  source: string,
  offset: number,
): Typed | undefined {
  const typed = checkPlace(context, types, path, source, offset);
  if (typed !== undefined) refuseSensitive(context, path, { source, offset, typed });
  return typed;
}

function refuseSensitive(
  context: LintContext,
  path: Path,
  { source, offset, typed }: { source: string; offset: number; typed: Typed },
): void {
  if (!isSensitive(typed)) return;
  const says = `${source} may hold personal data or secrets, and arguments are shown: in the commands to type, at the start of the next run.`;
  const remedy = 'Pass a value that is not sensitive, or ask a person for it.';
  reportAt(context, context.places.within(path, offset), { code: 'RB112', says, remedy });
}

/** Text with values in it that goes to an action: text, numbers, yes or no, and none that may be missing. */
export function checkMachineText(
  context: LintContext,
  types: ScopeTypes,
  path: Path,
  template: string,
): void {
  for (const { source, offset, typed } of placesOf(context, types, path, template)) {
    refuseSensitive(context, path, { source, offset, typed });
    if (/^(string|int|double|bool|dyn)$/.test(typed.type)) continue;
    const optional = typed.type.startsWith('optional<');
    const says = optional
      ? `${source} may be missing.`
      : `${source} (${typed.type}) cannot be put into text.`;
    const remedy = optional ? 'Give it a value: .orValue(...).' : undefined;
    reportAt(context, context.places.within(path, offset), { code: 'RB117', says, remedy });
  }
}

function placesOf(context: LintContext, types: ScopeTypes, path: Path, template: string) {
  const { parts, unclosed } = splitTemplate(template);
  if (unclosed !== undefined) {
    const remedy = 'Close it with }}; in YAML without quotes, " #" begins a comment.';
    const spot = context.places.within(path, unclosed);
    reportAt(context, spot, { code: 'RB117', says: '${{ is not closed.', remedy });
  }
  return parts.flatMap((part) => {
    if (part.kind === 'text') return [];
    const typed = checkPlace(context, types, path, part.source, part.offset);
    return typed === undefined ? [] : [{ ...part, typed }];
  });
}

const plainTypes = new Set(
  'string int uint double bool dyn list google.protobuf.Duration google.protobuf.Timestamp'.split(' '),
);

function showable(type: string): boolean {
  const item = /^(?:list|optional)<(.*)>$/.exec(type)?.[1];
  if (item !== undefined) return showable(item);
  return plainTypes.has(type);
}
