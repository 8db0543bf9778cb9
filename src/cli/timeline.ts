/** `handrail timeline INC-7`: the lines that Slack shows of an incident, from the stored events. */
import { resolve } from 'node:path';
import { DateTime } from 'luxon';
import { lineWords } from '../incidents/timeline/in-words.ts';
import { type Entry, fullLog, timeline } from '../incidents/timeline.ts';
import type { Terminal } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { writeKeptFiles } from './kept-files.ts';
import { type IncidentRecord, readable, readRecord, withStore } from './record.ts';

interface Values {
  readonly full?: boolean;
  readonly json?: boolean;
  readonly files?: string;
}

/** From what was typed. Gives the exit code. Throws WrongInput. */
export async function timelineHere(
  given: Terminal & { readonly names: readonly string[]; readonly values: Values },
): Promise<number> {
  const { values, print } = given;
  const record = await readRecord(given);
  const { full = false } = values;
  const entries = full
    ? fullLog(record.events)
    : timeline(record.events).filter((entry) => entry.show !== 'hide');
  if (values.json) print(JSON.stringify(asJson(record, entries, full), null, 2));
  else for (const line of linesOf(record, entries, full)) print(line);
  const { files } = values;
  if (files === undefined) return EXIT.ok;
  const folder = resolve(given.folder, files);
  const { events } = record;
  const asRecorded = await withStore(given, (pool, incident) =>
    writeKeptFiles(pool, incident, { events, folder, warn: given.warn }),
  );
  return asRecorded ? EXIT.ok : EXIT.notOk;
}

function linesOf(record: IncidentRecord, entries: readonly Entry[], full: boolean): string[] {
  const { incident, declared, events } = record;
  const { zone, title, severity } = declared.body;
  const words = readable(events);
  const lines = [`INC-${incident} ${words(title)} (${severity}), times in ${zone}`];
  let day = '';
  for (const entry of entries) {
    const date = DateTime.fromMillis(entry.at, { zone }).toFormat('yyyy-LL-dd');
    if (date !== day) lines.push(date);
    day = date;
    const more = full ? ` [${entry.show === 'hide' ? 'hidden' : entry.id}]` : '';
    lines.push(`${entryLine(entry, zone, words)}${more}`);
    if (full) lines.push(...below(entry, zone, words).map((line) => `    ${line}`));
  }
  return lines;
}

function entryLine(entry: Entry, zone: string, words: (text: string) => string): string {
  const { time, said, text, marks } = lineWords(entry, zone);
  const byWhom = said ? `${words(said.by.name)}${said.how === '' ? '' : ` ${said.how}`}: ` : '';
  const about = marks.map((mark) => `(${mark.words}${mark.by ? ` ${words(mark.by.name)}` : ''})`);
  return `${time}  ${byWhom}${[...(text === undefined ? [] : [words(text)]), ...about].join(' ')}`;
}

/** What was there at first, who changed it, and what was kept as evidence. */
function below(entry: Entry, zone: string, words: (text: string) => string): string[] {
  const at = (ms: number, format: string): string => DateTime.fromMillis(ms, { zone }).toFormat(format);
  const { original, corrections, evidence, deletedAt } = entry;
  const first =
    original && deletedAt === undefined
      ? [`at first: ${at(original.at, 'HH:mm')} ${words(original.text)}`]
      : [];
  const changes = corrections.map(
    (one) =>
      `${one.why} ${at(one.at, 'yyyy-LL-dd HH:mm')} by ${words(one.by.name)}${one.reason ? `: ${words(one.reason)}` : ''}`,
  );
  const kept = evidence.map(
    ({ fields, hash }) => `evidence ${hash.slice(0, 12)} ${words(JSON.stringify(fields))}`,
  );
  return [...first, ...changes, ...kept];
}

function asJson(
  { incident, declared, events, head }: IncidentRecord,
  entries: readonly Entry[],
  full: boolean,
) {
  const words = readable(events);
  const iso = (ms: number): string => new Date(ms).toISOString();
  const name = ({ name: typed }: Entry['by']): string => words(typed);
  return {
    incident: `INC-${incident}`,
    title: words(declared.body.title),
    zone: declared.body.zone,
    head,
    entries: entries.map((entry) => ({
      id: entry.id,
      at: iso(entry.at),
      ...(entry.until === undefined ? {} : { until: iso(entry.until) }),
      precision: entry.precision,
      recordedAt: iso(entry.recordedAt),
      by: name(entry.by),
      recordedBy: name(entry.recordedBy),
      kind: entry.kind,
      ...(entry.deletedAt === undefined
        ? { text: words(entry.text) }
        : { deletedInSlackAt: iso(entry.deletedAt) }),
      times: entry.times,
      ...(entry.source.link ? { link: entry.source.link } : {}),
      ...(entry.files ? { files: entry.files.map((file) => ({ ...file, name: words(file.name) })) } : {}),
      ...(entry.show === 'hide' ? { hidden: true } : {}),
      ...(entry.erased
        ? { erased: { at: iso(entry.erased.at), by: [name(entry.erased.askedBy), name(entry.erased.by)] } }
        : {}),
      ...(full ? history(entry, words, iso) : {}),
    })),
  };
}

function history(entry: Entry, words: (text: string) => string, iso: (ms: number) => string) {
  const { original, corrections, evidence, deletedAt } = entry;
  return {
    ...(original && deletedAt === undefined
      ? { original: { text: words(original.text), at: iso(original.at) } }
      : {}),
    corrections: corrections.map(({ at, by, why, reason }) => ({
      at: iso(at),
      by: words(by.name),
      why,
      ...(reason ? { reason: words(reason) } : {}),
    })),
    evidence,
  };
}
