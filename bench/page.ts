/** docs/benchmarks.md: one section for each bench, replaced when that bench is run again. */
import { cpus, platform, release, totalmem } from 'node:os';
import { drawn, type Result } from './result.ts';
import { written } from './statistics.ts';

const INTRODUCTION = `# Benchmarks

Written by \`npm run bench\`; \`npm run bench -- start report\` runs only those and replaces their sections. The figures come from one machine and are asserted nowhere: a test that fails because a machine is busy teaches nothing. The aims are what we want to hold; what misses its aim is said so in the same line.

How to read them: the process that makes the load, the local Slack in it, the bot and PostgreSQL share the machine's cores, over loopback, with PostgreSQL's \`fsync\` on. A slower disk makes every figure that is "on disk before the answer" larger by its own sync time. Two identical programs differed by up to 25 % between single runs when this was tried, so every figure is a median of several, and what is compared is run in turns. A load average (processes that want a core, just before the section's bench began) above about 0.5 means that other programs were at work: then trust the ratios more than the milliseconds.
`;

/** The section of a bench that has just run. */
export function sectionOf(title: string, result: Result, when: { date: Date; load: number }): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()}`;
  const measured = `Measured ${when.date.toISOString().slice(0, 16).replace('T', ' ')} UTC on ${machine}, Node ${process.version}; load average before it ${written(when.load)}.`;
  const notes = result.notes.map((note) => `- ${note}`).join('\n');
  return [`## ${title}`, measured, ...result.tables.map(drawn), notes].join('\n\n');
}

/** The page with this section in its place; sections of benches that are no more are dropped. */
export function pageWith(page: string, section: string, titles: readonly string[]): string {
  const sections = new Map<string, string>();
  for (const part of [...page.split(/^(?=## )/m).slice(1), section])
    sections.set(/^## (.*)/.exec(part)?.[1] ?? '', part.trim());
  const kept = titles.flatMap((title) => sections.get(title) ?? []);
  return `${[INTRODUCTION.trim(), ...kept].join('\n\n')}\n`;
}
