/** A YAML text as plain data, with the line and column of every value and key. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { nearest } from '../catalog/nearest.ts';
import { type ConfigProblem, quoted } from './problem.ts';

export type Path = readonly PropertyKey[];

export interface YamlFile {
  readonly data: unknown;
  readonly problems: readonly ConfigProblem[];
  /** True when the text is no YAML: `data` then says nothing about what is missing. */
  readonly broken: boolean;
  /** A problem at the value of a path, or at the nearest thing that exists when the path does not. */
  problemAt(path: Path, what: string, todo: string, severity?: ConfigProblem['severity']): ConfigProblem;
  /** A problem at a key of the map at a path. */
  problemAtKey(
    path: Path,
    key: string,
    what: string,
    todo: string,
    severity?: ConfigProblem['severity'],
  ): ConfigProblem;
}

/** Far above any real file; keeps a wrong path (a disk image, a log) from being parsed. */
const MAX_CHARACTERS = 1_000_000;

/** Reads YAML; never throws. */
export function readYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const problem = (
    offset: number,
    what: string,
    todo: string,
    severity: ConfigProblem['severity'] = 'error',
  ): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    return { severity, where: { file, line: Math.max(1, line), column: Math.max(1, col) }, what, todo };
  };
  const unreadable = (what: string, todo: string): YamlFile => {
    const first = problem(0, what, todo);
    const at = (): ConfigProblem => first;
    return { data: undefined, problems: [first], broken: true, problemAt: at, problemAtKey: at };
  };
  if (text.length > MAX_CHARACTERS) {
    return unreadable(`is ${text.length} characters long`, 'check that this is the right file');
  }

  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
    const problems: ConfigProblem[] = [];
    let broken = false;
    for (const error of document.errors) {
      if (error.code === 'DUPLICATE_KEY') {
        const key = /^[^:\s#]*/.exec(text.slice(error.pos[0]))?.[0] ?? '';
        problems.push(problem(error.pos[0], `the key ${quoted(key)} is there twice`, 'keep one of them'));
      } else {
        broken = true;
        problems.push(problem(placeOf(error, document), ...syntaxWords(error.code, error.message)));
      }
    }
    for (const warning of document.warnings) {
      problems.push(problem(warning.pos[0], 'has a tag (!...) that means nothing here', 'remove the tag'));
    }
    const anchors: string[] = [];
    visit(document, {
      Node(_, node) {
        if (isAlias(node)) {
          if (anchors.includes(node.source)) return;
          broken = true;
          const near = nearest(node.source, anchors);
          const todo = near
            ? `did you mean *${near}? Or put it in quotes if it is text`
            : 'put it in quotes if it is text';
          problems.push(problem(node.range?.[0] ?? 0, `*${node.source} refers to no anchor above it`, todo));
        } else if (node.anchor !== undefined) anchors.push(node.anchor);
      },
    });
    const data: unknown = broken ? undefined : document.toJS({ maxAliasCount: 100 });

    const root = document.contents;
    const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
    const startOf = (node: unknown): number => (node as Node | null | undefined)?.range?.[0] ?? 0;
    const offsetOf = (path: Path): number => {
      let node: unknown = root;
      let offset = startOf(root);
      for (const segment of path) {
        const inside = resolve(node);
        if (isMap(inside)) {
          const pair = inside.items.find((one) => keyText(one.key) === String(segment));
          if (!pair) return offset;
          node = pair.value;
          const range = (node as Node | null)?.range;
          // A value that is not there (`zone:`) has no place of its own.
          offset = range && range[1] > range[0] ? range[0] : startOf(pair.key);
        } else if (isSeq(inside)) {
          node = inside.items[Number(segment)];
          if (node === undefined) return offset;
          offset = startOf(node);
        } else return offset;
      }
      return offset;
    };
    const keyOffset = (path: Path, key: string): number => {
      let node: unknown = root;
      for (const segment of path) {
        const inside = resolve(node);
        if (isMap(inside)) {
          node = inside.items.find((one) => keyText(one.key) === String(segment))?.value;
        } else if (isSeq(inside)) node = inside.items[Number(segment)];
      }
      const map = resolve(node);
      const pair = isMap(map) ? map.items.find((one) => keyText(one.key) === key) : undefined;
      return pair ? startOf(pair.key) : offsetOf(path);
    };

    return {
      data,
      problems,
      broken,
      problemAt: (path, what, todo, severity) => problem(offsetOf(path), what, todo, severity),
      problemAtKey: (path, key, what, todo, severity) => problem(keyOffset(path, key), what, todo, severity),
    };
  } catch {
    // The reader gives up on bombs (aliases of aliases) and on thousands of nested brackets.
    return unreadable('is nested too deeply, or has too many aliases, to be read', 'write it without them');
  }
}

/** An open quote is noticed at the end of the file: the place to look at is where it began. */
function placeOf(error: YAMLError, document: Document): number {
  let start = error.pos[0];
  if (error.code !== 'MISSING_CHAR') return start;
  visit(document, {
    Scalar(_, { type, range }) {
      const quoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
      if (quoted && range && range[1] >= error.pos[0]) {
        start = range[0];
        return visit.BREAK;
      }
      return undefined;
    },
  });
  return start;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function syntaxWords(code: string, message: string): [string, string] {
  if (code === 'TAB_AS_INDENT') return ['a tab is used to indent', 'use spaces'];
  if (code === 'BAD_INDENT')
    return ['the indentation does not fit', 'line it up with its neighbours, in spaces'];
  if (code === 'MULTIPLE_DOCS')
    return ['a second document starts here (---)', 'keep one document in the file'];
  if (code === 'BLOCK_AS_IMPLICIT_KEY') {
    return ['a second ": " in one line', 'put the value in quotes, or indent it on a line of its own'];
  }
  if (code === 'MISSING_CHAR' && message.includes('quote'))
    return ['a quote is not closed', 'close the quote'];
  // The reader's message may quote the text of the line; only its first sentence is ours to show.
  const first = (message.split('\n')[0] ?? '').replace(/: .*/, '');
  return [`is not YAML here (${first})`, 'check brackets, quotes and indentation around this place'];
}
