/** Puts every text inside a value through one function. */

/** The same value with every text in it changed; names of fields too, when they are not plain words. */
export function everyText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one) => everyText(one, change));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [isWord(key) ? key : change(key), everyText(one, change)]),
    );
  return value;
}

/** Names of fields are ours, or labels: only others are looked at. */
function isWord(key: string): boolean {
  return /^[\w./-]{1,63}$/.test(key);
}
