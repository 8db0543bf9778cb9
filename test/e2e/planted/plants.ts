// What must not leave: for each place that evidence is read from, lines as programs write them, and what to look for.
import { isHealthNumber } from '../../../src/actions/redact/personal.ts';

export interface Plant {
  readonly what: string;
  /** What is written into the place. */
  readonly line: string;
  /** What may stand nowhere afterwards. */
  readonly needle: string;
}

/** Other secrets and numbers for each place (`a`, `b`, …), so that a leak says where it came from. */
export function plantsFor(place: string): readonly Plant[] {
  const mark = place.repeat(4);
  const Mark = mark.toUpperCase();
  const login = `hunter${mark}7Kq`;
  const plant = (what: string, needle: string, line = needle): Plant => ({ what, needle, line });
  return [
    plant('a URL', login, `dial postgresql://web:${login}@db.example.org:5432/web failed`),
    plant('libpq', `correct ${mark}`, `host=db user=web password='correct ${mark}' dbname=web`),
    plant('.NET', `Tr0ub4dor${mark}`, `Host=db;Username=web;Password=Tr0ub4dor${mark};Database=web`),
    plant('the environment', `s3cr3t-${mark}`, `PGPASSWORD=s3cr3t-${mark}`),
    plant('JSON', `j50n-${mark}`, `{"user":"web","client_secret":"j50n-${mark}"}`),
    plant('an AWS key', `AKIA${Mark}EXAMPLE0`.slice(0, 20).padEnd(20, 'X')),
    plant('a GitHub token', `ghp_${mark}0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0u`),
    plant('a Slack token', `xoxb-1234567890-${mark}AbCdEfGh`, `slack: xoxb-1234567890-${mark}AbCdEfGh`),
    plant('an e-mail address', `jane.${mark}@example.org`, `login of jane.${mark}@example.org`),
    plant('a health number', healthNumber(place), `updated ${healthNumber(place)} in place`),
    plant(
      'a labelled number',
      `ZX-${place.charCodeAt(0)}4 711 09`,
      `patient id: ZX-${place.charCodeAt(0)}4 711 09 opened`,
    ),
    plant(
      'a private key',
      `MIIEvQIBADANBgkq${Mark}`,
      `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq${Mark}\n-----END PRIVATE KEY-----`,
    ),
  ];
}

/** A valid one, of nobody. */
function healthNumber(place: string): string {
  const start = `9${String(place.charCodeAt(0) * 7919)
    .padStart(7, '0')
    .slice(-7)}`;
  for (let rest = 0; rest < 100; rest++) {
    const number = `${start}${String(rest).padStart(2, '0')}`;
    if (isHealthNumber(number)) return `${number.slice(0, 4)} ${number.slice(4, 7)} ${number.slice(7)}`;
  }
  throw new Error(`no health number begins with ${start}`);
}

/** The value of a Secret that no pattern knows, and how a program speaks of it. */
export const SPOKEN = plantsOf('Lamplight under Vetinari 73');

function plantsOf(value: string): Plant & { readonly value: string } {
  return {
    what: 'the value of a Secret',
    value,
    needle: 'Vetinari 73',
    line: `I am the one who says ${value} to enter`,
  };
}
