/** The log of one run of a container, read as a kubelet serves it. */

interface Line {
  readonly at: Date;
  readonly text: string;
}

export interface LogQuestion {
  readonly tailLines?: number | undefined;
  readonly limitBytes?: number | undefined;
  readonly since?: Date | undefined;
  readonly timestamps: boolean;
}

export class Log {
  ended = false;
  private readonly lines: Line[] = [];
  private readonly followers = new Set<(line: Line | undefined) => void>();

  /** Adds a line without its line feed. */
  add(at: Date, text: string): void {
    const line = { at, text };
    this.lines.push(line);
    for (const follower of this.followers) follower(line);
  }

  end(): void {
    this.ended = true;
    for (const follower of this.followers) follower(undefined);
    this.followers.clear();
  }

  read(question: LogQuestion): string {
    const since = question.since?.getTime() ?? 0;
    const chosen = this.lines.filter((line) => line.at.getTime() >= since);
    const tail = question.tailLines ?? chosen.length;
    const text = (tail === 0 ? [] : chosen.slice(-tail)).map((line) => printed(line, question)).join('');
    if (question.limitBytes === undefined) return text;
    return Buffer.from(text).subarray(0, question.limitBytes).toString('utf8');
  }

  /** Calls `onLine` for each further line and `onEnd` at the end; returns how to stop. */
  follow(question: LogQuestion, onLine: (text: string) => void, onEnd: () => void): () => void {
    const follower = (line: Line | undefined) => (line ? onLine(printed(line, question)) : onEnd());
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }
}

function printed(line: Line, question: LogQuestion): string {
  return question.timestamps ? `${line.at.toISOString()} ${line.text}\n` : `${line.text}\n`;
}

/** Reads the query of a request for a log. */
export function logQuestion(query: URLSearchParams, now: Date): LogQuestion {
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  const seconds = number('sinceSeconds');
  const time = query.get('sinceTime');
  return {
    tailLines: number('tailLines'),
    limitBytes: number('limitBytes'),
    since:
      seconds !== undefined ? new Date(now.getTime() - seconds * 1000) : time ? new Date(time) : undefined,
    timestamps: query.get('timestamps') === 'true',
  };
}
