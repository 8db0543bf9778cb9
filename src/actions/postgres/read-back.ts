/** `postgres.read-back`: reads a whole dump archive in the pod and compares its hash with the one written with it. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectlExec, word } from '../kubernetes/by-hand.ts';
import { EXEC, GET_POD } from '../kubernetes/rights.ts';
import { complaint, inside, Printed, runScript, script, untouched } from './in-pod.ts';
import { absolutePath, podName } from './names.ts';

const READ = script`
  path=$1
  command -v pg_restore >/dev/null 2>&1 || { echo 'state no-pg_restore'; exit 0; }
  [ -f "$path" ] || { [ -f "$path.partial" ] && echo 'state unfinished' || echo 'state missing'; exit 0; }
  echo 'state there'
  echo "bytes $(stat -c %s "$path")"
  echo "sha256 $(hash_of "$path")"
  [ ! -f "$path.sha256" ] || sed -n 's/^\\([0-9a-f]\\{64\\}\\) .*/written \\1/p' "$path.sha256"
  if problem=$(pg_restore -f /dev/null "$path" 2>&1); then
    echo readable
    echo "tables $(pg_restore --list "$path" | grep -c '^[0-9]*; [0-9]* [0-9]* TABLE DATA ')"
  else
    printf '%s\\n' "$problem" | head -n 3 | sed 's/^/problem /'
  fi
`;

/**
 * `pg_restore --list` accepts truncated archives; restoring to nowhere reads every byte and fails on a damaged one,
 * except for rows of an uncompressed archive: the hash finds those (facts: pg_dump). A missing file is an answer.
 */
export const readBack = reading({
  name: 'postgres.read-back',
  version: 1,
  params: z.object({ pod: podName, path: absolutePath }),
  output: z.object({
    readable: z.boolean(),
    bytes: z.int().meta({ format: 'bytes' }),
    sha256: z.string(),
    /** Tables whose rows are in the archive. */
    tables: z.int(),
    /** Why it is not readable. */
    problem: z.string().optional(),
  }),
  rights: { kubernetes: [GET_POD, EXEC], postgres: [] },
  byHand: (p, namespace) => {
    const path = word(p.path, '<path>');
    return [
      kubectlExec(namespace, p, ['pg_restore -f /dev/null', path]),
      kubectlExec(namespace, p, [`sh -c 'sha256sum "$1"; cat "$1.sha256"' sh`, path]),
    ];
  },
  async run(call) {
    const { pod, path } = call.params;
    const where = await inside(call, pod);
    const ran = await runScript(call, where, READ, [path]);
    const printed = new Printed(ran.stdout);
    const state = printed.text('state');
    if (state === 'no-pg_restore') {
      throw untouched(`pg_restore is not in container ${where.container} of pod ${pod}.`);
    }
    if (state === 'missing' || state === 'unfinished') {
      const problem =
        state === 'missing' ? 'there is no such file' : 'there is only the file of an unfinished dump';
      return { readable: false, bytes: 0, sha256: '', tables: 0, problem };
    }
    if (state !== 'there') {
      throw untouched(`The dump in pod ${pod} could not be read: ${complaint(ran.stderr)}`);
    }
    const sha256 = printed.text('sha256') ?? '';
    const written = printed.text('written');
    const problem = problemOf(printed, sha256, written);
    return {
      readable: problem === undefined,
      bytes: printed.int('bytes') ?? 0,
      sha256,
      tables: printed.int('tables') ?? 0,
      ...(problem === undefined ? {} : { problem }),
    };
  },
});

function problemOf(printed: Printed, sha256: string, written: string | undefined): string | undefined {
  if (printed.all('readable').length === 0) return complaint(printed.all('problem').join('\n'));
  if (!/^[0-9a-f]{64}$/.test(sha256)) return 'its hash could not be taken';
  if (written !== undefined && written !== sha256) {
    return 'its hash is not the one that was written with it: the file was changed';
  }
  return undefined;
}
