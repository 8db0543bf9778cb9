/** The last touches of a report: waivers where they belong, and the line by which the file is known again. */
import { sha256 } from '../incidents/hash.ts';

/** What the last line of a posted report says. */
export interface Stamp {
  readonly incident: number;
  /** The last entry of the record that the report was made of. */
  readonly version: number;
  /** SHA-256 of everything before the stamp, in hexadecimal. */
  readonly hash: string;
}

/** One question that was waived, at a line of the report. */
export interface WaivedLine {
  readonly line: number;
  readonly code: string;
  readonly reason: string;
}

const shape = /<!-- handrail INC-(\d{1,9}) entry (\d{1,9}) sha256 ([0-9a-f]{64}) -->\s*$/;

/** A comment cannot hold its own end, and a cell no pipe. */
const inComment = (text: string): string =>
  text.replace(/[<>|]/g, ' ').replace(/--+/g, '-').replace(/\s+/g, ' ').trim();

/**
 * Writes each waiver into its line, where `handrail report lint` reads it in any copy. A line of a block of code cannot
 * hold one: what was waived there stays in the list of the report alone.
 */
export function withWaivers(markdown: string, waived: readonly WaivedLine[]): string {
  if (waived.length === 0) return markdown;
  const lines = markdown.split('\n');
  let fenced = false;
  const open = lines.map((line) => {
    if (/^\s*```/.test(line)) {
      fenced = !fenced;
      return false;
    }
    return !fenced;
  });
  for (const { line, code, reason } of waived) {
    const at = line - 1;
    const text = lines[at];
    if (text === undefined || text.trim() === '' || !open[at]) continue;
    const comment = `<!-- waive ${code}: ${inComment(reason)} -->`;
    lines[at] = /^\s*\|.*\|$/.test(text) ? `${text.slice(0, -1)}${comment} |` : `${text} ${comment}`;
  }
  return lines.join('\n');
}

/** With the stamp as its last line. */
export function stamped(markdown: string, incident: number, version: number): string {
  const text = `${markdown.trimEnd()}\n`;
  return `${text}\n<!-- handrail INC-${incident} entry ${version} sha256 ${sha256(text)} -->\n`;
}

/** Undefined for a file that Handrail did not post. */
export function stampOf(file: string): Stamp | undefined {
  const found = shape.exec(file.slice(-400));
  if (!found) return undefined;
  return { incident: Number(found[1]), version: Number(found[2]), hash: found[3] ?? '' };
}

/** The text before the stamp. */
export const withoutStamp = (file: string): string => file.replace(shape, '').trimEnd();
