// How long a kubelet waits before it tries again.

/** The delay after so many failures: doubled each time, at most five minutes. */
export const doubled = (ms: number, failures: number) => Math.min(ms * 2 ** (failures - 1), 300_000);

/** A delay as Go prints it: 10s, 1m20s. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
