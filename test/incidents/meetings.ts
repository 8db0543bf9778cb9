/** The table of meetings: every way in which two people or two machines meet at a button, and what comes of it. */
import type { Told } from '../support/witness.ts';
import { atTheDoor } from './meetings-at-the-door.ts';
import { onMachines } from './meetings-on-machines.ts';

export interface Meeting {
  /** Who or what meets, as a heading. */
  readonly meet: string;
  /** The same in a sentence. */
  readonly what: string;
  /** How often the target was changed, counted at the target. */
  readonly changes: 0 | 1;
  /** What comes of it, beside the number of changes. */
  readonly happens: string;
  /** In order: who was told, and the sentence. */
  readonly told: readonly Told[];
}

export const people = { anaAtTerminal: 'Ana at her terminal' } as const;

/** Played by meetings.test.ts in this folder, and on two machines over one PostgreSQL in test/store. */
export const meetings: readonly Meeting[] = [...atTheDoor, ...onMachines];

/** The page for people: three columns. */
export function page(): string {
  const rowOf = ({ what, changes, happens, told }: Meeting): string => {
    const world = changes === 1 ? 'One change.' : 'No change.';
    const words = told.map((words) => safe(words).replace(/^[^:]+/, '**$&**')).join(' · ');
    return `| ${safe(what)} | ${world} ${safe(happens)} | ${words} |`;
  };
  const table = (rows: readonly Meeting[]): string =>
    [
      '| What meets | What happens | What each is told, in this order |',
      '| --- | --- | --- |',
      ...rows.map(rowOf),
    ].join('\n');
  return `# Who meets at a button

Slack, a worker or a person may each do a thing twice, late, or at the same moment as somebody else. This page has every
way in which that happens at a button: how often the world was changed, counted at the object that is changed and not in
Handrail's own records, and every sentence that anybody was told.

It is written by \`test/incidents/meetings.ts\`, which two tests play: \`HANDRAIL_WRITE_MEETINGS=1 npx vitest run --project
postgres test/incidents/meetings.test.ts\`. In all of them one step changes the size of a disk from 1 to 3. Ana started the
run; Ben and Cleo may approve.

## Two people

${table(atTheDoor)}

## Two machines

Over one real PostgreSQL. Each machine has its own memory of the incident.

${table(onMachines)}
`;
}

const safe = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
