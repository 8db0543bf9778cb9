/** What a runbook's text may not contain, looked for token by token before anything is built from it. */
import { Lexer } from 'yaml';

export interface TextProblem {
  readonly code: 'RB001' | 'RB003' | 'RB004';
  readonly offset: number;
  readonly says: string;
  readonly remedy?: string;
  /** True when the text must not be read any further. */
  readonly fatal: boolean;
}

/** Largest file, in UTF-8 bytes. */
const largestFile = 1_000_000;

/** A 2,000-line runbook has about 20,000 tokens; the parser needs about 1 kB of memory for each. */
const mostTokens = 60_000;
const deepestFlow = 30;
const deepestLine = 20;
const mostProblems = 50;

/** Control characters that YAML 1.2 forbids, and the mark that a wrong decoding leaves. */
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd\ufffe\uffff]/;

export interface ReadTokens {
  readonly problems: readonly TextProblem[];
  /** As the lexer gave them, for the parser: reading a long file a second time costs a tenth of its load. */
  readonly tokens: readonly string[];
}

/** Every reason not to read the text. An alias bomb, a deep nest or a million commas ends here, in linear time. */
export function readTokens(text: string): ReadTokens {
  const size = Buffer.byteLength(text, 'utf8');
  if (size > largestFile) {
    const says = `The file has ${size} bytes; a runbook has at most ${largestFile}.`;
    return { problems: [refuse(0, 'RB003', says, 'Split it.')], tokens: [] };
  }
  const wrong = forbidden.exec(text);
  if (wrong !== null || !text.isWellFormed()) {
    const code = wrong === null ? '' : ` (U+${text.charCodeAt(wrong.index).toString(16).padStart(4, '0')})`;
    const remedy = 'Save the file as UTF-8.';
    const says = `A character that text does not have${code}.`;
    return { problems: [refuse(wrong?.index ?? 0, 'RB004', says, remedy)], tokens: [] };
  }
  const tokens: string[] = [];
  return { problems: tokenProblems(text, tokens), tokens };
}

/** Those that were read are put into `read`. */
function tokenProblems(text: string, read: string[]): TextProblem[] {
  const problems: TextProblem[] = [];
  let offset = 0;
  let tokens = 0;
  let flow = 0;
  let indicators = 0;
  let previous = '';
  let inScalar = false;
  let taggedLine = false;
  for (const token of new Lexer().lex(text)) {
    read.push(token);
    if (['\u0002', '\u0018', '\u001f'].includes(token)) {
      inScalar = token === '\u001f';
      continue;
    }
    tokens += 1;
    const first = token.charAt(0);
    if (!inScalar) {
      // The rest of a line that begins as a tag is meant as text: `!a && b` has no anchor.
      const found = taggedLine ? undefined : propertyProblem(text, token, offset);
      if (found !== undefined) problems.push(found);
      if (first === '!') taggedLine = true;
      if (first === '[' || first === '{') flow += 1;
      if (first === ']' || first === '}') flow = Math.max(0, flow - 1);
      if (first === '\n' || first === '\r') [indicators, taggedLine] = [0, false];
      if (/^[-?:]$/.test(token)) indicators += 1;
      if (token === ',' && previous === ',') {
        return [...problems, refuse(offset, 'RB001', 'Two commas with nothing between them.')];
      }
    }
    if (!/^\s+$/.test(token)) previous = inScalar ? '' : token;
    inScalar = false;
    if (flow > deepestFlow || indicators > deepestLine) {
      return [...problems, refuse(offset, 'RB003', 'Nested too deeply to be a runbook.')];
    }
    if (tokens > mostTokens) {
      const says = `More than ${mostTokens} words and marks up to here.`;
      return [...problems, refuse(offset, 'RB003', says, 'Split the file.')];
    }
    if (problems.length >= mostProblems) {
      return [...problems, refuse(offset, 'RB003', 'Too many problems; the rest was not read.')];
    }
    offset += token.length;
  }
  return problems;
}

function propertyProblem(text: string, token: string, offset: number): TextProblem | undefined {
  const first = token.charAt(0);
  if (first === '!') {
    const rest = restOfLine(text, offset);
    return {
      code: 'RB003',
      offset,
      says: `YAML reads ${token} as a tag, because it begins with an exclamation mark.`,
      remedy: `Put quotes around it: ${JSON.stringify(rest)}`,
      fatal: false,
    };
  }
  if (first === '&' || first === '*') {
    const word = first === '&' ? 'an anchor' : 'an alias';
    const remedy = `Write the text out; put quotes around it if it begins with ${first}.`;
    return refuse(offset, 'RB003', `${token} is ${word}: not allowed in a runbook.`, remedy);
  }
  if (first === '%' && (offset === 0 || text.charAt(offset - 1) === '\n')) {
    return refuse(offset, 'RB003', 'YAML directives are not allowed in a runbook.', 'Remove the line.');
  }
  return undefined;
}

function restOfLine(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text
    .slice(offset, end < 0 ? undefined : end)
    .replace(/\s+#.*$/, '')
    .replace(/[\s,}\]]+$/, '')
    .trim();
}

function refuse(offset: number, code: TextProblem['code'], says: string, remedy?: string): TextProblem {
  return { code, offset, says, ...(remedy === undefined ? {} : { remedy }), fatal: true };
}
