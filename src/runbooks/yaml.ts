/** Reads a runbook's YAML into plain values, with the place of each, and refuses what a runbook does not need. */
import { Composer, type CST, type Document, isMap, isScalar, isSeq, type Node, Parser } from 'yaml';
import { type Path, Places } from './places.ts';
import type { Problem } from './problem.ts';
import { readTokens } from './yaml-limits.ts';

export interface YamlFile {
  /** Undefined when nothing could be read. */
  readonly value?: unknown;
  readonly places: Places;
  readonly problems: readonly Problem[];
}

/** What to do about the parser's commonest complaints, by its own codes. */
const remedies: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'Text that contains ": " needs quotes around it.',
  BAD_INDENT: 'Line it up with the lines above.',
  MULTILINE_IMPLICIT_KEY: 'Put quotes around the text, or check the indentation.',
  TAB_AS_INDENT: 'Use spaces.',
  MISSING_CHAR: 'Close the quotes or the bracket; put quotes around text with ${{ }} inside { }.',
  UNEXPECTED_TOKEN: 'Put quotes around the text; text with ${{ }} inside { } or [ ] needs them.',
  MULTIPLE_DOCS: 'One file holds one runbook: remove the line with ---.',
};

/** A file with more is not a runbook, and nobody reads more. */
const mostProblems = 100;

/** Never throws. Anchors, aliases, tags, several documents, doubled keys and keys that are not words are problems. */
export function readYaml(text: string, file: string): YamlFile {
  const places = new Places(text);
  const problems: Problem[] = [];
  const report = (code: string, offset: number, says: string, remedy?: string) => {
    if (problems.length >= mostProblems) return;
    const spot = places.spot(offset);
    problems.push({ code, level: 'error', file, ...spot, says, ...(remedy === undefined ? {} : { remedy }) });
  };
  const { problems: found, tokens } = readTokens(text);
  for (const { code, offset, says, remedy } of found) report(code, offset, says, remedy);
  if (found.some((problem) => problem.fatal)) return { places, problems };
  try {
    const [document, second] = documentsOf(tokens, text.length);
    if (document === undefined) return { places, problems };
    for (const error of document.errors.slice(0, 20)) {
      report('RB001', error.pos[0], `${error.message.replace(/\.$/, '')}.`, remedies[error.code]);
    }
    if (second)
      report('RB001', second.range[0], 'Source contains multiple documents.', remedies['MULTIPLE_DOCS']);
    // After a mistake in the YAML itself the rest is often read as something else: its problems would mislead.
    if (second || document.errors.length > 0) return { places, problems };
    const reader = { places, report };
    if (document.contents === null) {
      report('RB001', 0, 'The file is empty.');
      return { places, problems };
    }
    return { value: plain(document.contents, [], undefined, reader), places, problems };
  } catch (error) {
    // The parser recurses: a nest that the limits let through can still exhaust the stack.
    const deep = error instanceof RangeError;
    const words = deep ? 'Nested too deeply to be a runbook.' : `Cannot be read: ${String(error)}.`;
    report('RB003', 0, words);
    return { places, problems };
  }
}

/** As `parseDocument` reads a text, from tokens that are there already. */
function documentsOf(tokens: readonly string[], length: number): Document.Parsed[] {
  const options = { uniqueKeys: false, schema: 'core', stringKeys: false } as const;
  const composer = new Composer<Document.Parsed['contents'] & Node>(options);
  return [...composer.compose(parsed(tokens), true, length)] as Document.Parsed[];
}

function* parsed(tokens: readonly string[]): Generator<CST.Token> {
  const parser = new Parser();
  for (const token of tokens) yield* parser.next(token);
  yield* parser.end();
}

interface Reader {
  readonly places: Places;
  readonly report: (code: string, offset: number, says: string, remedy?: string) => void;
}

function plain(node: Node | null, path: Path, key: number | undefined, reader: Reader): unknown {
  const [start, end] = [node?.range?.[0] ?? key ?? 0, node?.range?.[1] ?? key ?? 0];
  const place = { start, end, ...(key === undefined ? {} : { key }) };
  if (isScalar(node)) {
    // A tag has been refused with its place; read as the text that was meant, it is not a second problem.
    const tag = node.tag?.startsWith('!') ? node.tag : undefined;
    const anchor = node.anchor === undefined ? '' : `&${node.anchor} `;
    const value = tag === undefined ? node.value : `${tag} ${anchor}${node.source ?? ''}`.trim();
    reader.places.put(path, typeof value === 'string' ? { ...place, text: value } : place);
    return value;
  }
  reader.places.put(path, place);
  if (isSeq(node)) {
    return node.items.map((item, index) => plain(item as Node | null, [...path, index], undefined, reader));
  }
  if (isMap(node)) return plainMap(node, path, reader);
  // Nothing, or an alias, which the limits have already refused with its place.
  return null;
}

function plainMap(node: { items: readonly unknown[] }, path: Path, reader: Reader): Record<string, unknown> {
  const made = new Map<string, unknown>();
  for (const pair of node.items as readonly { key: Node | null; value: Node | null }[]) {
    const offset = pair.key?.range?.[0] ?? pair.value?.range?.[0] ?? 0;
    const key = isScalar(pair.key) ? pair.key.value : null;
    if (key === null || typeof key === 'object') {
      const remedy = 'Put quotes around text with ${{ }} inside { }.';
      reader.report('RB001', offset, 'A key must be a word.', remedy);
      continue;
    }
    const name = `${key as string | number | boolean}`;
    if (made.has(name)) {
      reader.report('RB005', offset, `${name} is written twice here.`, 'Keep one of them.');
      continue;
    }
    if (name === '__proto__') {
      reader.report('RB003', offset, `${name} cannot be a key.`);
      continue;
    }
    made.set(name, plain(pair.value, [...path, name], offset, reader));
  }
  return Object.fromEntries(made);
}
