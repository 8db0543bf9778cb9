/** The library after the files have changed: of a file that does not load any more, the version before stays offered. */
import type { Broken, Library } from './library.ts';
import type { Problem } from './problem.ts';

export interface RunbookText {
  readonly file: string;
  readonly text: string;
}

/** A library and the texts that its runbooks were loaded from, by file. */
export interface Offer {
  readonly library: Library;
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * `unread`: files that are there and could not be read (RB004). `load` is the loader over all files. A version that is
 * kept is checked again together with the others: where it does not fit them, it goes.
 */
export function offerOf(
  files: readonly RunbookText[],
  unread: readonly Problem[],
  load: (files: readonly RunbookText[]) => Library,
  before?: Offer,
): Offer {
  const fresh = load(files);
  const broken: Broken[] = [
    ...fresh.broken,
    ...unread.map((problem) => ({ file: problem.file, problems: [problem] })),
  ];
  const problems = [...unread, ...fresh.problems];
  const lastGood = new Map(
    broken.flatMap(({ file }) => {
      const text = before?.texts.get(file);
      return text === undefined ? [] : [[file, text] as const];
    }),
  );
  const mixed = lastGood.size === 0 ? undefined : load(inPlace(files, lastGood));
  const fits =
    mixed !== undefined &&
    [...fresh.runbooks].every(([id, { hash }]) => mixed.runbooks.get(id)?.hash === hash);
  const { runbooks } = fits ? mixed : fresh;
  const kept = new Map([...runbooks].map(([id, { file }]) => [file, id]));
  const texts = new Map<string, string>();
  const now = new Map(files.map(({ file, text }) => [file, text]));
  for (const { file } of runbooks.values()) {
    const text = (fits ? lastGood.get(file) : undefined) ?? now.get(file);
    if (text !== undefined) texts.set(file, text);
  }
  const told = broken.map((one) => {
    const id = kept.get(one.file);
    return id === undefined ? one : { ...one, keeps: id };
  });
  return { library: { runbooks, broken: told, problems }, texts };
}

/** The files with these texts in them, in the same order; those that could not be read are back in their place. */
function inPlace(files: readonly RunbookText[], texts: ReadonlyMap<string, string>): RunbookText[] {
  const all = new Map(files.map(({ file, text }) => [file, text]));
  for (const [file, text] of texts) all.set(file, text);
  return [...all].map(([file, text]) => ({ file, text })).toSorted((a, b) => (a.file < b.file ? -1 : 1));
}
