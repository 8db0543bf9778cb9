/** A process that keeps notes in a journal until it is killed: one line on standard output per note that is kept. */
import { openJournal } from '../../src/store/journal.ts';

const [folder = '', count = '3'] = process.argv.slice(2);
const journal = openJournal(folder, { warn: () => undefined });
for (let n = 1; n <= Number(count); n++) {
  await journal.append({
    keptAt: 1000,
    awaySince: 1000,
    command: {
      id: `${process.pid}-${n}`,
      incident: 1,
      now: 1000 + n,
      by: { person: { id: 'slack:UANA', name: 'Ana' }, levels: [], groups: [] },
      what: {
        do: 'note',
        body: {
          entry: `n${n}`,
          kind: 'note',
          text: `note ${n}`,
          at: 1000 + n,
          precision: 'exact',
          source: { kind: 'slack' },
        },
      },
    },
  });
  process.stdout.write(`${n}\n`);
}
setInterval(() => undefined, 1000);
