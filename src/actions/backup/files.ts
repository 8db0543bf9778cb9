/** Looks for copies of a database among the files of a folder in a pod. */
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { complaint, inside, Printed, runScript, script } from '../postgres/in-pod.ts';
import { sizeWords } from '../postgres/size-words.ts';
import type { Looked } from './looked.ts';

/** A larger file is not hashed within a check's time. */
const HASH_LIMIT_BYTES = 1024 * 1024 * 1024;
const SHOWN = 2000;

/** argv: folder, how many. Newest first: seconds, bytes, path. */
const LIST = script`
  [ -d "$1" ] || { echo missing; exit 0; }
  echo there
  find "$1" -type f ! -name '*.partial' ! -name '*.sha256' -exec stat -c 'file %Y %s %n' {} + | sort -k 2,2nr | head -n "$2"
`;

/** argv: path. The hash of the file, and the one that was written beside it. */
const HASH = script`
  [ -f "$1.sha256" ] || exit 0
  sed -n 's/^\\([0-9a-f]\\{64\\}\\) .*/written \\1/p' "$1.sha256" | head -n 1
  [ "$(stat -c %s "$1")" -le "$2" ] || { echo large; exit 0; }
  echo "sha256 $(hash_of "$1")"
`;

interface Found {
  readonly at: Date;
  readonly bytes: number;
  readonly path: string;
}

/**
 * The newest file whose name holds the database's name as a word. `verified`: a hash file lies beside it and the
 * file's own hash is the same, so it is what was written; whether it can be restored is another question.
 * Never throws for what cannot be seen: that is a line in `unknowns`.
 */
export async function lookInFolder(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  place: { pod: string; container?: string | undefined; path: string },
  database: string,
): Promise<Looked> {
  const where = `${place.path} in pod ${place.pod}`;
  try {
    const container = place.container ?? (await inside(call, place.pod)).container;
    const ran = await runScript(call, { pod: place.pod, container }, LIST, [place.path, String(SHOWN)]);
    const printed = new Printed(ran.stdout);
    if (printed.all('missing').length > 0) {
      return { searched: `${where}: no such folder`, unknowns: [] };
    }
    if (printed.all('there').length === 0) {
      return { searched: where, unknowns: [`what is in ${where}: ${complaint(ran.stderr)}`] };
    }
    const files = printed.all('file').flatMap(fileOf);
    const own = files.filter((file) => file.bytes > 0 && isNamedAfter(file.path, database));
    const searched = `${where}: ${count(files.length)}, ${own.length} of ${database}`;
    const newest = own[0];
    if (!newest) {
      const others =
        files.length > 0 ? [`whether a file in ${where} holds ${database}: none is named after it`] : [];
      return { searched, unknowns: others };
    }
    const { verified, unknowns } = await verify(call, { pod: place.pod, container }, newest);
    return { searched, unknowns, found: { at: newest.at, path: `${place.pod}:${newest.path}`, verified } };
  } catch (error) {
    if (!(error instanceof ActionFailed) || call.signal.aborted) throw error;
    return { searched: where, unknowns: [`what is in ${where}: ${error.says}`] };
  }
}

async function verify(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  where: { pod: string; container: string },
  file: Found,
): Promise<{ verified: boolean; unknowns: string[] }> {
  const ran = await runScript(call, where, HASH, [file.path, String(HASH_LIMIT_BYTES)]);
  const printed = new Printed(ran.stdout);
  const written = printed.text('written');
  if (written === undefined) return { verified: false, unknowns: [] };
  if (printed.all('large').length > 0) {
    return { verified: false, unknowns: [`${file.path} was not read now (${sizeWords(file.bytes)})`] };
  }
  if (printed.text('sha256') === written) return { verified: true, unknowns: [] };
  return { verified: false, unknowns: [`${file.path} is not what was written: its hash differs`] };
}

function fileOf(line: string): Found[] {
  const [, seconds, bytes, path] = /^(\d+) (\d+) (.+)$/.exec(line) ?? [];
  if (path === undefined) return [];
  return [{ at: new Date(Number(seconds) * 1000), bytes: Number(bytes), path }];
}

/** `app` is in `patroni-app_2024-01-10.sql.gz` and `app.dump`, not in `webapp.dump` and not in `app2.dump`. */
export function isNamedAfter(path: string, database: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const words = (text: string): string => `-${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')}-`;
  return words(name).includes(words(database));
}

function count(files: number): string {
  if (files >= SHOWN) return `${SHOWN} files or more`;
  return files === 1 ? '1 file' : `${files} files`;
}
