/** Refuses what could erase data as long as it is not known who has the newest. */
import { newestWords } from './newest.ts';
import type { Reading } from './read-cluster.ts';
import { refused } from './settle.ts';

/** Those that hold everything. Throws in words, with nothing changed, when the answer is diverged or unknown. */
export function holdersOfAll(seen: Reading, doing: string): readonly string[] {
  const { newest } = seen;
  switch (newest.is) {
    case 'newest':
      return [newest.member];
    case 'equal':
      return newest.members;
    case 'diverged':
      throw refused(
        `Not done: ${newestWords(newest)}. ${doing} could erase data that only one member has. Pause Patroni, copy the data directories, and let a person decide.`,
      );
    case 'unknown':
      throw refused(
        `Not done: ${newestWords(newest)}. ${doing} could erase data that only one member has. Make readable what could not be read, then plan again.`,
      );
  }
}
