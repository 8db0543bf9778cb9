/** One file inside a container: whether it is there and how big, asked with `stat` and `test`. */
import type { Plan } from '../../incidents/plan.ts';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { databaseContainer } from '../postgres/in-pod.ts';
import { shortWords } from '../redact/short-words.ts';
import { connect } from './client.ts';
import { exec } from './exec.ts';
import { ownerOfPod } from './pod-owner.ts';
import { asked } from './status-error.ts';

export interface FilePlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly path: string;
}

/** What a step says about a file. */
export interface FileParams {
  readonly pod: string;
  readonly container?: string | undefined;
  readonly path: string;
}

/**
 * The place, with the pod's uid. Without a container it is the one that a dump is written in: another container of the
 * same pod would not see the file, and "not there" would be wrong. Throws ActionFailed when the pod is not there.
 */
export async function placeOf(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  params: FileParams,
): Promise<FilePlace & { readonly uid: string } & Pick<Plan['target'], 'owner'>> {
  const cluster = await connect(call);
  const { namespace } = call;
  const pod = await asked(
    `reading pod ${params.pod} in ${namespace}`,
    cluster.core.readNamespacedPod({ name: params.pod, namespace }),
  );
  return {
    namespace,
    pod: params.pod,
    container: params.container ?? databaseContainer(pod),
    path: params.path,
    uid: pod.metadata?.uid ?? '',
    ...ownerOfPod(pod),
  };
}

export interface FileFound {
  readonly bytes: number;
  /** Permission bits in octal, e.g. `600`. */
  readonly mode: string;
  readonly regular: boolean;
}

/** What a dump writes beside its file: the hash, the half-made file and the folder of its work (postgres/dump-job.ts). */
export function companionsOf(path: string): string[] {
  return [`${path}.sha256`, `${path}.partial`, `${path}.job`];
}

/** The file, or its half-made form, which holds the same data: as long as one of them is there, it is not gone. */
export async function copyAt(
  call: Pick<Call, 'reach' | 'signal'>,
  place: FilePlace,
): Promise<FileFound | undefined> {
  return (await fileAt(call, place)) ?? (await fileAt(call, { ...place, path: `${place.path}.partial` }));
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
  const { path, namespace, pod, container } = place;
  const where = { namespace, pod, container };
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
    `It cannot be told what is at ${path} in pod ${place.pod}: ${shortWords(stat.stderr, 200) || `stat ended with ${stat.code}`}.`,
  );
}
