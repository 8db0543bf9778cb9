/** Amounts of bytes as Kubernetes writes them (`16Mi`, `1G`, `1.5Gi`) and as people read them. */

/** Kubernetes resource quantities: binary and decimal suffixes, no exponents or fractions of a byte. */
const suffixes: Readonly<Record<string, bigint>> = {
  '': 1n,
  k: 10n ** 3n,
  M: 10n ** 6n,
  G: 10n ** 9n,
  T: 10n ** 12n,
  P: 10n ** 15n,
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
};

/** Bytes of a quantity, rounded up as Kubernetes does; undefined when it is none. */
export function parseQuantity(text: string): bigint | undefined {
  const match = /^(\d{1,15})(?:\.(\d{1,9}))?(k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '0', fraction = '', suffix = ''] = match;
  const scale = suffixes[suffix];
  if (scale === undefined) return undefined;
  const divisor = 10n ** BigInt(fraction.length);
  return (BigInt(whole + fraction) * scale + divisor - 1n) / divisor;
}

/** Bytes as people read them, in binary units with three digits at most: `23 GiB`, `1.5 MiB`, `512 B`. */
export function readableBytes(bytes: number): string {
  if (bytes < 0) return `-${readableBytes(-bytes)}`;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1023.5 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 10 ? 0 : 1;
  return `${Number(amount.toFixed(digits))} ${units[unit]}`;
}
