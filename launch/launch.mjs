/** What every door does: install what is missing, find a Node that is new enough, run the program with it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installIfNeeded } from './install.mjs';
import { findNode } from './node.mjs';
import { run } from './run.mjs';
import { inWords } from './stop.mjs';

const project = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs `entry`, a path within the project, with `args`. */
export function launch(entry, args) {
  return inWords(async () => {
    await installIfNeeded(project);
    await run(findNode(project), join(project, entry), args);
  });
}
