// A lab's number on this machine, held by a file that names its process: with it come the lab's network and addresses.
import { execFile } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { born, endAll, isAlive } from '../control-plane/processes.ts';

const execute = promisify(execFile);
const claims = '/run/handrail-labs';

const claimed = z.object({ pid: z.int(), born: z.int(), folders: z.array(z.string()) });

export interface Claim {
  readonly number: number;
  readonly file: string;
  /** The bridge that the pods hang on. */
  readonly bridge: string;
  /** The first three numbers of the pods' addresses; `.1` is this machine. The range is one for tests (RFC 2544). */
  readonly pods: string;
  /** The same for Services. */
  readonly services: string;
  /** Remembers a folder: what runs in it ends, and it is removed, with the lab. */
  keep(folder: string): void;
}

const bridgeOf = (number: number) => `hrlab${number}`;

/** How the names of the pods' outer links begin: a link's name has at most 15 characters. */
export const outerLinks = (bridge: string) => `${bridge.replace('hrlab', 'hrl')}v`;

/**
 * Takes the first number that is free, after ending what labs left behind whose process is gone. Two labs never get the
 * same one: the file appears at once or not at all, and the kernel refuses a second bridge of the name. Needs root.
 */
export async function claim(): Promise<Claim> {
  await sweep();
  for (let number = 1; number < 255; number += 1) {
    const file = join(claims, String(number));
    const folders: string[] = [];
    const text = () => JSON.stringify({ pid: process.pid, born: born(process.pid), folders });
    if (!createWhole(file, text())) continue;
    const [bridge, pods, services] = [bridgeOf(number), `198.18.${number}`, `198.19.${number}`];
    try {
      await execute('ip', ['link', 'add', bridge, 'type', 'bridge']);
    } catch (error) {
      rmSync(file, { force: true });
      if (/File exists/.test((error as Error).message)) continue;
      throw new Error(`no network for a lab: ${(error as Error).message}`, { cause: error });
    }
    await execute('ip', ['address', 'add', `${pods}.1/24`, 'dev', bridge]);
    await execute('ip', ['link', 'set', bridge, 'up']);
    return {
      number,
      file,
      bridge,
      pods,
      services,
      keep(folder) {
        folders.push(folder);
        replaceWhole(file, text());
      },
    };
  }
  throw new Error(`no number is free for a lab: see ${claims}`);
}

/** Ends and removes all that belongs to the claim, the network too. May be called twice, and by any process. */
export async function release(file: string): Promise<void> {
  const sweeping = /\.swept-by-/.test(file) ? file : `${file}.swept-by-${process.pid}-${born(process.pid)}`;
  if (sweeping !== file) {
    try {
      renameSync(file, sweeping);
    } catch {
      return; // Somebody else does it, or has done it.
    }
  }
  const number = Number(/(\d+)(?:\.swept-by-.*)?$/.exec(file)?.[1]);
  const known = claimed.safeParse(JSON.parse(readFileSync(sweeping, 'utf8') || '{}'));
  // The last kept first: what runs in it still writes into those before.
  const folders = (known.data?.folders ?? []).toReversed();
  for (const mount of mountsBelow(folders)) await execute('umount', ['--lazy', mount]).catch(() => undefined);
  for (const folder of folders) await endAll(folder);
  // The kernel takes away a dead pod's link some time later; a new lab would find its name in use.
  const outer = new RegExp(`^${outerLinks(bridgeOf(number))}`);
  for (const link of readdirSync('/sys/class/net').filter((name) => outer.test(name)))
    await execute('ip', ['link', 'delete', link]).catch(() => undefined);
  await execute('ip', ['link', 'delete', bridgeOf(number)]).catch(() => undefined);
  rmSync(sweeping, { force: true });
}

/** The volumes of a size of their own. */
function mountsBelow(folders: readonly string[]): string[] {
  const places = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return places.filter((place) => folders.some((folder) => place.startsWith(`${folder}/`)));
}

/** Ends what is left of labs whose process is gone. */
export async function sweep(): Promise<void> {
  mkdirSync(claims, { recursive: true, mode: 0o755 });
  for (const name of readdirSync(claims)) {
    const file = join(claims, name);
    const sweeper = /\.swept-by-(\d+)-(\d+)$/.exec(name);
    if (sweeper && lives(Number(sweeper[1]), Number(sweeper[2]))) continue;
    if (/\.new-/.test(name) || !existsSync(file)) continue;
    const owner = claimed.safeParse(JSON.parse(readFileSync(file, 'utf8') || '{}'));
    if (!sweeper && owner.success && lives(owner.data.pid, owner.data.born)) continue;
    await release(file);
  }
}

/** A pid may have been given to another process since: the kernel's start time tells them apart. */
const lives = (pid: number, since: number): boolean => isAlive(pid) && born(pid) === since;

const draftOf = (file: string) => `${file}.new-${process.pid}`;

/** False when the file is there already. */
function createWhole(file: string, text: string): boolean {
  const draft = `${draftOf(file)}-${Math.random().toString(36).slice(2)}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, file);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(draft);
  }
}

function replaceWhole(file: string, text: string): void {
  const draft = draftOf(file);
  writeFileSync(draft, text);
  renameSync(draft, file);
}
