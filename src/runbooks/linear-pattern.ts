/** Regular expressions whose time grows linearly with the text (RE2): none of them can block the process. */
import { RE2JS } from 're2js';

/** Longest pattern; a longer one belongs in an action's data file. */
const longestPattern = 500;

/** Only this much of a text is searched: the end, where a log says why. */
const longestText = 256 * 1024;

const compiled = new Map<string, RE2JS>();

/** Why a pattern cannot be used, or undefined when it can. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > longestPattern) return `the pattern is longer than ${longestPattern} characters`;
  try {
    compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** True when the pattern occurs anywhere in the text. Throws when the pattern cannot be used. */
export function foundIn(text: string, pattern: string): boolean {
  const problem = patternProblem(pattern);
  if (problem !== undefined) throw new Error(problem);
  return compile(pattern).matcher(text.slice(-longestText)).find();
}

/** True when the whole text is of the pattern. Throws when the pattern cannot be used. */
export function wholeMatches(text: string, pattern: string): boolean {
  const problem = patternProblem(pattern);
  if (problem !== undefined) throw new Error(problem);
  return compile(pattern).matches(text);
}

function compile(pattern: string): RE2JS {
  let made = compiled.get(pattern);
  if (made === undefined) {
    made = RE2JS.compile(pattern);
    if (compiled.size > 500) compiled.clear();
    compiled.set(pattern, made);
  }
  return made;
}
