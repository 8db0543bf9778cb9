/** Manifests that people keep beside their runbooks, in `manifests/`: what a step may put into a cluster. */
import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Larger files are no manifests. */
const largestRead = 1_000_000;

/**
 * Reads a file by its path below `manifests/` of this folder; undefined when there is none, when it is too large, or
 * when the path (or a link in it) leads out of the folder. Throws when the disk does not answer.
 */
export function manifestsIn(runbooksFolder: string): (path: string) => Promise<string | undefined> {
  const root = join(runbooksFolder, 'manifests');
  return async (path) => {
    try {
      const [folder, file] = await Promise.all([realpath(root), realpath(join(root, path))]);
      if (!file.startsWith(folder + sep)) return undefined;
      const text = await readFile(file, 'utf8');
      return text.length > largestRead ? undefined : text;
    } catch (error) {
      if (
        ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'ELOOP'].includes(
          (error as NodeJS.ErrnoException).code ?? '',
        )
      )
        return undefined;
      throw error;
    }
  };
}
