/** Lengths of time as runbooks write them (`20s`, `1h30m`, `PT1H`) and as people read them. */

const short = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/;
const iso = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$/;

/** What `parseDuration` takes, for JSON Schema and editors. */
export const durationPattern =
  /^(?=.*\d)(?:(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?|P(?:\d{1,6}D)?(?:T(?:\d{1,6}H)?(?:\d{1,6}M)?(?:\d{1,6}S)?)?)$/;

/** Milliseconds of `30s`, `10m`, `1h30m`, `2d` or ISO 8601 `PT1H`; undefined when it is none of these or zero. */
export function parseDuration(text: string): number | undefined {
  const match = short.exec(text) ?? iso.exec(text);
  if (match === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  return total === 0 ? undefined : total * 1000;
}

/** Seconds as people read them, the two largest units: `3 h 20 min`, `2 d 1 h`, `45 s`. */
export function readableSeconds(seconds: number): string {
  if (seconds < 0) return `-${readableSeconds(-seconds)}`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}
