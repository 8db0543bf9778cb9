/** Which version of a runbook a run is pinned to, as everybody reads it. */

export interface Pin {
  /** sha256 of the file's text, in hex. */
  readonly hash: string;
  /** Revision of the file, where one was known: `1a2b3c4`, `1a2b3c4+changes`. */
  readonly revision?: string | undefined;
}

/** `1a2b3c4`: the revision, or the beginning of the file's own hash. */
export function versionOf({ hash, revision }: Pin): string {
  return revision ?? hash.slice(0, 7);
}

/** `check-patroni @ 1a2b3c4`. */
export function pinnedAs(runbook: string, pin: Pin): string {
  return `${runbook} @ ${versionOf(pin)}`;
}

/** `1a2b3c4 → 5d6e7f8`: revisions where both are known and tell them apart, else the files' own hashes. */
export function fromTo(from: Pin, to: Pin): string {
  const told = from.revision !== undefined && to.revision !== undefined && from.revision !== to.revision;
  return told ? `${from.revision} → ${to.revision}` : `${from.hash.slice(0, 7)} → ${to.hash.slice(0, 7)}`;
}

/** One line for people. */
export function changedWords(change: {
  readonly run: number;
  readonly runbook: string;
  readonly from: Pin;
  readonly to: Pin;
}): string {
  const { run, runbook, from, to } = change;
  return `A newer version of ${runbook} exists (${fromTo(from, to)}). Run ${run} goes on with the one it began with.`;
}
