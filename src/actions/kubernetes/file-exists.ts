/** `k8s.file-exists`: whether a file (or its half-made `.partial`) is in a container, and how big it is. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectlExec, word } from './by-hand.ts';
import { copyAt, placeOf } from './container-file.ts';
import { filePath } from './file-path.ts';
import { EXEC, GET_POD } from './rights.ts';

export const fileExists = reading({
  name: 'k8s.file-exists',
  version: 1,
  params: z.object({ pod: z.string().min(1), container: z.string().min(1).optional(), path: filePath }),
  output: z.object({
    exists: z.boolean(),
    bytes: z.int().meta({ format: 'bytes' }).optional(),
    /** Permission bits in octal, e.g. `600`. */
    mode: z.string().optional(),
  }),
  rights: { kubernetes: [GET_POD, EXEC], postgres: [] },
  byHand: (params, namespace) => [
    kubectlExec(namespace, params, ['ls', '-l', '--', word(params.path, '<path>')]),
  ],
  async run(call) {
    const file = await copyAt(call, await placeOf(call, call.params));
    return file ? { exists: true, bytes: file.bytes, mode: file.mode } : { exists: false };
  },
});
