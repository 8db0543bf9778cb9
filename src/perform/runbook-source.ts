/** Where the runbooks of a configuration come from, and how they are loaded. */
import { register } from '../actions/index.ts';
import type { Config } from '../config/config.ts';
import { revisionsOf } from '../config/runbook-revision.ts';
import { loadLibrary } from '../runbooks/library.ts';
import type { RunbookSource } from './current-runbooks.ts';

export function runbookSource(config: Config, log: RunbookSource['log']): RunbookSource {
  const groups = config.file === undefined ? {} : { groups: config.handrail.access };
  return {
    folder: config.runbooksFolder,
    load: (files) => loadLibrary(files, register, new Date().toISOString().slice(0, 10), groups),
    revisionsOf: (folder, names) => revisionsOf(folder, names),
    log,
  };
}
