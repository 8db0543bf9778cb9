/** Is everything in node_modules that package-lock.json names? Compared without npm, in a few milliseconds. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** npm's rule for the fields `os` and `cpu`: a list of names, "!name" excludes. */
function allows(list, value) {
  const names = list === undefined ? [] : [list].flat();
  if (names.includes(`!${value}`)) return false;
  const wanted = names.filter((name) => !name.startsWith('!'));
  return wanted.length === 0 || wanted.includes('any') || wanted.includes(value);
}

/**
 * What is wrong with `node_modules`, or `undefined` when it is complete.
 *
 * npm writes `node_modules/.package-lock.json` last, so an interrupted install has none. Packages for developers and
 * optional ones may be absent (`npm ci --omit=dev` is a complete install); a package that is there must have the
 * version of the lock file, be on disk, and be made for this machine.
 */
export function incomplete(project) {
  const modules = join(project, 'node_modules');
  const lock = readJson(join(project, 'package-lock.json'));
  const installed = readJson(join(modules, '.package-lock.json'));
  if (!installed?.packages) return 'nothing is installed yet';
  // A shipped copy without the lock file: nothing to compare with.
  if (!lock?.packages) return undefined;
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (!path.startsWith('node_modules/')) continue;
    const found = installed.packages[path];
    if (found === undefined) {
      if (wanted.dev || wanted.optional || wanted.devOptional || wanted.peer) continue;
      return `${path} is missing`;
    }
    if (found.version !== wanted.version) return `${path} is ${found.version}, not ${wanted.version}`;
    if (!allows(found.os, process.platform) || !allows(found.cpu, process.arch)) {
      return `${path} is for another kind of machine`;
    }
    if (!existsSync(join(project, path, 'package.json'))) return `${path} is not on disk`;
  }
  return undefined;
}
