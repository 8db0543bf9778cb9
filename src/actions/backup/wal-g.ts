/** Asks WAL-G inside a pod which base backups its storage has. Its output is read as documented; it was not run here. */
import { z } from 'zod';
import { ActionFailed, type Call } from '../action.ts';
import { complaint, inside, runScript, script } from '../postgres/in-pod.ts';
import type { Looked } from './looked.ts';

const LIST = script`
  command -v wal-g >/dev/null 2>&1 || { echo "wal-g is not in this container" >&2; exit 127; }
  exec wal-g backup-list --json --detail
`;

const backups = z.array(z.object({ backup_name: z.string(), finish_time: z.string() }));

/** The newest base backup that has ended. Never throws for what cannot be seen: that is a line in `unknowns`. */
export async function lookAtWalG(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  place: { pod: string; container?: string | undefined },
): Promise<Looked> {
  const where = `WAL-G in pod ${place.pod}`;
  try {
    const container = place.container ?? (await inside(call, place.pod)).container;
    const ran = await runScript(call, { pod: place.pod, container }, LIST, []);
    if (ran.code !== 0) return { searched: where, unknowns: [`${where}: ${complaint(ran.stderr)}`] };
    return listed(ran.stdout, where);
  } catch (error) {
    if (!(error instanceof ActionFailed) || call.signal.aborted) throw error;
    return { searched: where, unknowns: [`${where}: ${error.says}`] };
  }
}

/** Reads `wal-g backup-list --json --detail`; with no backup it prints nothing, or an empty list. */
export function listed(text: string, where: string): Looked {
  if (text.trim() === '') return { searched: `${where}: no backups`, unknowns: [] };
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    raw = undefined;
  }
  const read = backups.safeParse(raw);
  if (!read.success) return { searched: where, unknowns: [`${where}: its answer could not be read`] };
  const ended = read.data
    .map((one) => ({ name: one.backup_name, at: new Date(one.finish_time) }))
    .filter(({ at }) => Number.isFinite(at.getTime()))
    .sort((a, b) => b.at.getTime() - a.at.getTime());
  const newest = ended[0];
  if (!newest) return { searched: `${where}: no backups`, unknowns: [] };
  const count = ended.length === 1 ? '1 backup' : `${ended.length} backups`;
  return {
    searched: `${where}: ${count}, newest ${newest.name}`,
    unknowns: [],
    found: { at: newest.at, path: `wal-g:${newest.name}`, verified: false },
  };
}
