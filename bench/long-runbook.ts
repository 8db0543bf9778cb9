/** A runbook of any length: the steps of one that is shipped, again and again under other names. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../runbooks/check-patroni.yaml', import.meta.url));
const IDS = 'trace|ask_host|members|crash_reason';

/** At least `lines` lines, without an error: each round of steps reads only its own. */
export function longRunbook(lines: number): string {
  const [header = '', steps = ''] = readFileSync(SOURCE, 'utf8').split('steps:\n');
  const names = new RegExp(
    `(?<=- id: )(?:${IDS})$|(?<=next: )(?:${IDS})$|(?<=steps\\.\\??)(?:${IDS})\\b`,
    'gm',
  );
  const perRound = steps.split('\n').length - 1;
  const rounds = Math.ceil((lines - header.split('\n').length) / perRound);
  const all = Array.from({ length: rounds }, (_, round) =>
    steps.replaceAll(names, (name) => (round === 0 ? name : `${name}_${round}`)),
  );
  return `${header}steps:\n${all.join('')}`;
}
