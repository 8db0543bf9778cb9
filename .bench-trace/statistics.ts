/** Medians and quantiles, and how figures are written. */

/** The value below which the share `q` (0 to 1) of the sample lies; of few values the largest is every high quantile. */
export function quantile(sample: readonly number[], q: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

/** With an even number of values, the mean of the two in the middle. */
export function median(sample: readonly number[]): number {
  const sorted = [...sample].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}

/** Two or three figures that count. */
export function written(value: number): string {
  if (!Number.isFinite(value)) return 'not measured';
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export const ms = (value: number): string => `${written(value)} ms`;
export const times = (value: number): string => `${written(value)} x`;

/** min / median / max. */
export function spread(sample: readonly number[]): string {
  return [Math.min(...sample), median(sample), Math.max(...sample)].map(written).join(' / ');
}

/** The median of b divided by a, pair by pair: what both had to bear cancels out. */
export function ratio(a: readonly number[], b: readonly number[]): number {
  return median(b.flatMap((value, index) => (a[index] ? [value / a[index]] : [])));
}

export const metAtMost = (value: number, aim: number): string => (value <= aim ? 'met' : 'missed');
export const metAtLeast = (value: number, aim: number): string => (value >= aim ? 'met' : 'missed');
