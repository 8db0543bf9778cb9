/** `k8s.delete-file`: removes one file that a recorded action of an incident wrote, with what it wrote beside it. */
import { z } from 'zod';
import { sentence } from '../../incidents/sentence.ts';
import type { Happened } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { shortWords } from '../redact/short-words.ts';
import { kubectlExec, word } from './by-hand.ts';
import type { FileFound, FilePlace } from './container-file.ts';
import { companionsOf, copyAt, placeOf } from './container-file.ts';
import { exec } from './exec.ts';
import { filePath } from './file-path.ts';
import { EXEC, GET_POD } from './rights.ts';
import { statusCode } from './status-error.ts';

const params = z.object({ pod: z.string().min(1), container: z.string().min(1).optional(), path: filePath });

const planValues = z.object({ path: z.string(), bytes: z.int().meta({ format: 'bytes' }) });

/** Names that our own actions give to the files they write. The caller sees to it that the path is a recorded one. */
const OURS = /^(handrail|incident)-[^/]+$/;

export const deleteFile = changing({
  name: 'k8s.delete-file',
  version: 1,
  params,
  output: z.object({ deleted: z.boolean() }),
  planValues,
  capturesBefore: false,
  rights: { kubernetes: [GET_POD, EXEC], postgres: [] },
  guard:
    'Removing one named file is the same done once or twice: the name carries the incident, nobody else writes it, and ' +
    'a second removal finds nothing. The pod must still be the one of the plan (uid), and the file as big as planned.',
  byHand: (p, namespace) => [
    kubectlExec(namespace, p, [
      'rm',
      '-rf',
      '--',
      word(p.path, '<path>'),
      ...companionsOf(p.path ?? '<path>').map((path) => word(path, path)),
    ]),
  ],

  async plan(call) {
    const { path, pod } = call.params;
    refuseForeign(path);
    const place = await placeOf(call, call.params);
    const file = await copyAt(call, place);
    if (file && !file.regular) {
      throw new ActionFailed(
        `${path} in pod ${pod} is not a plain file, so it is left alone. Look at it by hand.`,
      );
    }
    const size = file ? `${file.bytes} bytes, mode ${file.mode}` : 'not there';
    return {
      target: {
        kind: 'Pod',
        namespace: call.namespace,
        name: pod,
        uid: place.uid,
        ...(place.owner ? { owner: place.owner } : {}),
      },
      changes: [{ field: path, before: size, after: 'not there' }],
      values: { path, bytes: file?.bytes ?? 0 },
      notes: file ? ['A deleted file cannot be brought back.'] : ['It is already gone: nothing will change.'],
      unknowns: [],
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    refuseForeign(values.path);
    const place = await before(placeOf(call, call.params));
    if (place.uid !== call.plan.target.uid) {
      throw new ActionFailed(`Pod ${place.pod} was made again since the plan. Plan again.`, {
        planChanged: true,
        nothingHappened: true,
      });
    }
    const file = await before(copyAt(call, place));
    if (!file) return { deleted: true };
    mustBePlanned(file, place, values.bytes);
    if (!(await before(call.stillOurs()))) {
      throw new ActionFailed('This attempt has been given up, so nothing was deleted.', {
        nothingHappened: true,
      });
    }
    const { namespace, pod, container, path } = place;
    const removed = await exec(call, {
      namespace,
      pod,
      container,
      argv: ['rm', '-rf', '--', path, ...companionsOf(path)],
    });
    if (await copyAt(call, place)) {
      const why = shortWords(removed.stderr, 200) || `rm ended with ${removed.code}`;
      throw new ActionFailed(`${path} in pod ${place.pod} is still there: ${sentence(why)}`, {
        nothingHappened: true,
      });
    }
    return { deleted: true };
  },

  /** The file's absence is the whole effect. While it is there, the removal was not made, and making it again is safe. */
  async happened(call): Promise<Happened> {
    let place: Awaited<ReturnType<typeof placeOf>>;
    try {
      place = await placeOf(call, call.params);
    } catch (error) {
      if (error instanceof ActionFailed && statusCode(error.cause) === 404) return 'cannot tell';
      throw error;
    }
    if (place.uid !== call.plan.target.uid) return 'cannot tell';
    return (await copyAt(call, place)) ? 'not made' : 'made';
  },
});

function refuseForeign(path: string): void {
  const name = path.split('/').at(-1) ?? '';
  if (OURS.test(name)) return;
  throw new ActionFailed(
    `${path} is not deleted: only files that an incident's own step wrote are, and their names begin with handrail- or incident-.`,
    { nothingHappened: true },
  );
}

function mustBePlanned(file: FileFound, place: FilePlace, bytes: number): void {
  if (file.regular && file.bytes === bytes) return;
  const now = file.regular ? `${file.bytes} bytes` : 'not a plain file';
  throw new ActionFailed(
    `${place.path} is ${now} now, not ${bytes} bytes as planned. Look at it, then plan again.`,
    {
      planChanged: true,
      nothingHappened: true,
    },
  );
}

/** What fails before the removal proves that nothing was removed. */
async function before<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    const says =
      error instanceof ActionFailed
        ? error.says
        : 'It could not be asked whether this attempt is still the valid one.';
    throw new ActionFailed(says, { nothingHappened: true, cause: error });
  }
}
