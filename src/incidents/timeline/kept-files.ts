/** Files of Slack messages beside the lines of those messages: which are kept, with which hash, and which are not. */
import type { Event } from '../events.ts';
import { clause } from '../sentence.ts';
import type { Entry, EntryFile } from './entry.ts';

export function withKeptFiles(lines: readonly Entry[], events: readonly Event[]): readonly Entry[] {
  const files = new Map<string, EntryFile[]>();
  const add = (entry: string, file: EntryFile): void => {
    const before = files.get(entry);
    if (before) before.push(file);
    else files.set(entry, [file]);
  };
  for (const event of events) {
    if (event.type === 'file_kept') {
      const { entry, name, bytes, sha256 } = event.body;
      add(entry, { name, bytes, sha256 });
    }
    if (event.type === 'file_not_kept') {
      const { entry, name, says } = event.body;
      add(entry, { name, says });
    }
  }
  if (files.size === 0) return lines;
  return lines.map((line) => {
    const found = files.get(line.id);
    return found ? { ...line, files: found } : line;
  });
}

/** Characters of a name in a line. */
const LONGEST = 80;

/** `kept: disk.png, 12 kB, sha256 1f2e3d4c5b6a`: enough of the hash to tell one file from another. */
export function fileWords(file: EntryFile): string {
  const name = file.name.length > LONGEST ? `${file.name.slice(0, LONGEST - 1)}…` : file.name;
  if ('says' in file) return `not kept: ${name}: ${clause(file.says)}`;
  return `kept: ${name}, ${sizeWords(file.bytes)}, sha256 ${file.sha256.slice(0, 12)}`;
}

/** In powers of ten: `850 bytes`, `12 kB`, `3.4 MB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
