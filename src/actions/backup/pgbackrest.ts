/** Asks pgBackRest inside a pod which backups its repository has. */
import { z } from 'zod';
import { ActionFailed, type Call } from '../action.ts';
import { complaint, inside, runScript, script } from '../postgres/in-pod.ts';
import type { Looked } from './looked.ts';

/** argv: stanza. Exit code 0 says nothing: it is 0 for a stanza that is not there, too (measured with 2.45). */
const INFO = script`
  command -v pgbackrest >/dev/null 2>&1 || { echo "pgbackrest is not in this container" >&2; exit 127; }
  exec pgbackrest --stanza="$1" --output=json --log-level-console=error --log-level-stderr=error info
`;

const backup = z.object({
  label: z.string(),
  type: z.string(),
  /** Page checksums that did not fit while it was made. */
  error: z.boolean().nullish(),
  timestamp: z.object({ stop: z.number() }),
  archive: z.object({ stop: z.string().nullish() }).nullish(),
  reference: z.array(z.string()).nullish(),
});
const stanzas = z.array(
  z.object({
    name: z.string(),
    status: z.object({
      code: z.int(),
      message: z.string(),
      lock: z.object({ backup: z.object({ held: z.boolean() }) }).optional(),
    }),
    backup: z.array(backup).default([]),
    archive: z.array(z.object({ max: z.string().nullish() })).default([]),
  }),
);
type Backup = z.output<typeof backup>;

/**
 * The newest backup whose chain is whole: an incremental one is worth nothing when a backup that it refers to is gone
 * or failed. Never throws for what cannot be seen: that is a line in `unknowns`.
 */
export async function lookAtPgBackRest(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  place: { pod: string; container?: string | undefined; stanza: string },
): Promise<Looked> {
  const where = `pgBackRest stanza ${place.stanza} in pod ${place.pod}`;
  try {
    const container = place.container ?? (await inside(call, place.pod)).container;
    const ran = await runScript(call, { pod: place.pod, container }, INFO, [place.stanza]);
    if (ran.code !== 0) return { searched: where, unknowns: [`${where}: ${complaint(ran.stderr)}`] };
    return { ...told(ran.stdout, place.stanza, where) };
  } catch (error) {
    if (!(error instanceof ActionFailed) || call.signal.aborted) throw error;
    return { searched: where, unknowns: [`${where}: ${error.says}`] };
  }
}

/** Reads `pgbackrest info --output=json`. Its system-id is larger than a number can be, and is not read. */
export function told(text: string, name: string, where: string): Looked {
  const read = stanzas.safeParse(json(text));
  if (!read.success) return { searched: where, unknowns: [`${where}: its answer could not be read`] };
  const stanza = read.data.find((one) => one.name === name);
  if (!stanza) return { searched: `${where}: no such stanza`, unknowns: [] };
  const { status } = stanza;
  const running = status.lock?.backup.held === true ? '; one is being made now' : '';
  const whole = stanza.backup.filter((one) => isWhole(one, stanza.backup));
  const newest = whole.sort((a, b) => b.timestamp.stop - a.timestamp.stop)[0];
  const broken = stanza.backup.length - whole.length;
  if (!newest) {
    const why = status.code === 0 ? `${stanza.backup.length} backups, none whole` : status.message;
    return { searched: `${where}: ${why}${running}`, unknowns: [] };
  }
  const needs = newest.archive?.stop ?? undefined;
  const has = stanza.archive.at(-1)?.max ?? undefined;
  // Names of WAL segments of one timeline are in order; without its last segment a backup is not consistent.
  const covered = needs === undefined || (has !== undefined && has >= needs);
  const counted = `${whole.length} whole${broken > 0 ? `, ${broken} broken` : ''}, newest ${newest.type} ${newest.label}`;
  return {
    searched: `${where}: ${counted}${running}`,
    unknowns: [
      ...(covered
        ? []
        : [`whether ${newest.label} can be restored: its last WAL (${needs}) is not in the archive`]),
      ...(status.code === 0 ? [] : [`${where}: ${status.message}`]),
    ],
    found: {
      at: new Date(newest.timestamp.stop * 1000),
      path: `${name}:${newest.label}`,
      verified: false,
    },
  };
}

function isWhole(one: Backup, all: readonly Backup[]): boolean {
  if (one.error === true) return false;
  return (one.reference ?? []).every((label) =>
    all.some((other) => other.label === label && other.error !== true),
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
