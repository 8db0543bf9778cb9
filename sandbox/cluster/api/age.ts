/** How long ago something was, as kubectl prints it. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `45s`, `12m`, `5h`, `9d`, `2y`. */
export function normalAge(since: string, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 1000));
  if (seconds < 2 * MINUTE) return `${seconds}s`;
  if (seconds < 3 * HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)}h`;
  if (seconds < 730 * DAY) return `${Math.floor(seconds / DAY)}d`;
  return `${Math.floor(seconds / (365 * DAY))}y`;
}
