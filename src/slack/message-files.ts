/** Pictures and files of a message: in words, with their names and where they are, and as what is to be kept of them. */
import { z } from 'zod';
import type { Bodies } from '../incidents/events.ts';

const messageFile = z.looseObject({
  id: z.string().nullish(),
  size: z.number().nullish(),
  name: z.string().nullish(),
  title: z.string().nullish(),
  mimetype: z.string().nullish(),
  /** `tombstone`: deleted; `hidden_by_limit`: the plan shows it no more. */
  mode: z.string().nullish(),
  permalink: z.string().nullish(),
});
export type MessageFile = z.output<typeof messageFile>;

/** As Slack gives them beside a message; what is no file is left out. */
export function filesOf(files: unknown): readonly MessageFile[] {
  return (Array.isArray(files) ? files : []).flatMap((one) => {
    const parsed = messageFile.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
}

/** Enough for a line of the timeline; Slack itself takes no more in one message. */
const MOST = 10;

function wordsOf({ name, title, mimetype, mode, permalink }: MessageFile): string {
  if (mode === 'tombstone') return 'a file that was deleted';
  const kind = mimetype?.startsWith('image/') ? 'a picture' : 'a file';
  const called = (name || title || '').replace(/\s+/g, ' ').trim();
  const where = permalink ? ` (${permalink})` : '';
  return called === '' ? `${kind}${where}` : `${kind}: ${called}${where}`;
}

/** The words of a message with what hangs on it: `look [a picture: disk.png (https://…)]`. Empty when there is neither. */
export function withFiles(words: string, files: readonly MessageFile[]): string {
  const text = words.trim();
  if (files.length === 0) return text;
  const more = files.length > MOST ? [`and ${files.length - MOST} more`] : [];
  const all = [...files.slice(0, MOST).map(wordsOf), ...more].join('; ');
  return text === '' ? all : `${text} [${all}]`;
}

/** What is to be fetched of them (perform/files.ts), by Slack's ids; the others stay named in the words only. */
export function toKeep(files: readonly MessageFile[]): NonNullable<Bodies['note_added']['files']> {
  return files.slice(0, MOST).flatMap(({ id, name, title, mimetype, mode, size }) => {
    if (!id || mode === 'tombstone') return [];
    const called = (name || title || id)
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, 200);
    const bytes = Number.isSafeInteger(size) && (size ?? 0) > 0 ? { bytes: size as number } : {};
    return [{ id, name: called || id, ...(mimetype ? { mimetype } : {}), ...bytes }];
  });
}
