/** Finds one runbook by its id or file, with what is wrong with it; none that is broken is shown. */
import { formatProblem, type Library, type Loaded, loadLibrary } from '../runbooks/library.ts';
import type { Register } from '../runbooks/signature.ts';
import type { Terminal } from './command.ts';
import { runbookFiles, runbookFolder } from './runbook-files.ts';
import { WrongInput } from './wrong-input.ts';

/** All runbooks of the configured folder. Broken ones are told and left out. */
export async function runbooksHere(
  terminal: Terminal,
  register: Register,
): Promise<{ library: Library; folder: string }> {
  const { folder } = await runbookFolder(terminal);
  const { files, problems } = await runbookFiles(terminal, [], folder);
  const library = loadLibrary(files, register, '');
  for (const problem of [...problems, ...library.broken.flatMap((one) => one.problems)])
    terminal.warn(formatProblem(problem));
  return { library, folder };
}

/** Throws WrongInput with every problem when it does not load. */
export async function oneRunbook(terminal: Terminal, name: string, register: Register): Promise<Loaded> {
  const { folder } = await runbookFolder(terminal);
  const { files, problems } = await runbookFiles(terminal, [name], folder);
  const asked = files.filter((one) => one.asked);
  const [file, more] = asked;
  if (more !== undefined) throw new WrongInput(`${name} holds ${asked.length} runbooks: name one of them.`);
  if (file === undefined) throw new WrongInput(problems.map(formatProblem).join('\n') || `${name} is empty.`);
  const library = loadLibrary(files, register, '');
  const loaded = [...library.runbooks.values()].find((one) => one.file === file.file);
  if (loaded) return loaded;
  const broken = library.broken.find((one) => one.file === file.file);
  throw new WrongInput((broken?.problems ?? []).map(formatProblem).join('\n'));
}
