// The log of one run of a container: lines with their times, read as a kubelet serves them.
import { EventEmitter } from 'node:events';

interface LogLine {
  readonly at: Date;
  /** With the line feed, except where the output ended without one. */
  readonly bytes: Buffer;
}

export interface LogQuestion {
  /** The last so many lines. */
  readonly tailLines?: number;
  /** The first so many bytes of the answer. */
  readonly limitBytes?: number;
  /** Only lines written at or after this time. */
  readonly since?: Date;
  /** Each line begins with its time. */
  readonly timestamps?: boolean;
}

/** Emits `line` (LogLine) and `end`. */
export class ContainerLog extends EventEmitter<{ line: [LogLine]; end: [] }> {
  readonly lines: LogLine[] = [];
  ended = false;
  private partial: Buffer[] = [];

  /** Takes output of the process; a line counts once its line feed is there. */
  write(chunk: Buffer): void {
    let from = 0;
    for (let feed = chunk.indexOf(10); feed >= 0; feed = chunk.indexOf(10, from)) {
      this.add(Buffer.concat([...this.partial, chunk.subarray(from, feed + 1)]));
      this.partial = [];
      from = feed + 1;
    }
    if (from < chunk.length) this.partial.push(Buffer.from(chunk.subarray(from)));
  }

  end(): void {
    if (this.ended) return;
    if (this.partial.length > 0) this.add(Buffer.concat(this.partial));
    this.partial = [];
    this.ended = true;
    this.emit('end');
  }

  read(question: LogQuestion = {}): Buffer {
    const since = question.since?.getTime() ?? 0;
    const chosen = this.lines.filter((line) => line.at.getTime() >= since);
    const tail = question.tailLines ?? chosen.length;
    const shown = tail === 0 ? [] : chosen.slice(-tail);
    const text = Buffer.concat(shown.map((line) => printed(line, question)));
    return text.subarray(0, question.limitBytes ?? text.length);
  }

  private add(bytes: Buffer): void {
    const line = { at: new Date(), bytes };
    this.lines.push(line);
    this.emit('line', line);
  }
}

/** One line as the question wants it. */
export function printed(line: LogLine, question: LogQuestion): Buffer {
  if (!question.timestamps) return line.bytes;
  return Buffer.concat([Buffer.from(`${line.at.toISOString()} `), line.bytes]);
}
