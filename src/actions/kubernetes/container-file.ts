/** One file inside a container: whether it is there and how big, asked with `stat` and `test`. */
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { exec } from './exec.ts';

export interface FilePlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
  readonly path: string;
}

export interface FileFound {
  readonly bytes: number;
  /** Permission bits in octal, e.g. `600`. */
  readonly mode: string;
  readonly regular: boolean;
}

const REGULAR = 0x8000;
const TYPE = 0xf000;

/**
 * Undefined when nothing is at the path. Links are not followed. Throws ActionFailed when it cannot be told: no right,
 * no `stat` in the image, a folder that may not be entered.
 */
export async function fileAt(
  call: Pick<Call, 'reach' | 'signal'>,
  place: FilePlace,
): Promise<FileFound | undefined> {
  const { path, ...where } = place;
  const stat = await exec(call, { ...where, argv: ['stat', '-c', '%s %f', '--', path] });
  const match = /^(\d+) ([0-9a-f]+)\s*$/.exec(stat.stdout);
  if (stat.code === 0 && match) {
    const bits = Number.parseInt(match[2] ?? '0', 16);
    return {
      bytes: Number(match[1]),
      mode: (bits & 0o7777).toString(8).padStart(3, '0'),
      regular: (bits & TYPE) === REGULAR,
    };
  }
  if (/permission denied/i.test(stat.stderr)) {
    throw new ActionFailed(`${path} in pod ${place.pod} may not be looked at: permission denied.`);
  }
  const exists = await exec(call, { ...where, argv: ['test', '-e', path] });
  if (exists.code === 1) return undefined;
  throw new ActionFailed(
    `It cannot be told what is at ${path} in pod ${place.pod}: ${stat.stderr.replace(/\s+/g, ' ').trim().slice(0, 200) || `stat ended with ${stat.code}`}.`,
  );
}
