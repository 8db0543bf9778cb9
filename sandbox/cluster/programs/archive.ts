/** The archive of the stand-in pg_dump: readable text that ends with a hash of everything before, so damage is seen. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

const FIRST =
  '-- Handrail stand-in dump 1: rows as COPY writes them; no pg_dump archive, pg_restore cannot read it';

export class ArchiveWriter {
  private readonly file: number;
  private readonly hash: Hash = createHash('sha256');
  private tables = 0;

  constructor(path: string) {
    this.file = openSync(path, 'w', 0o600);
    this.line(FIRST);
  }

  head(about: Readonly<Record<string, unknown>>): void {
    this.line(JSON.stringify(about));
  }

  beginTable(name: string, columns: readonly string[]): void {
    this.tables += 1;
    this.line(`== TABLE ${JSON.stringify({ name, columns })}`);
  }

  /** A piece of COPY's text output. */
  rows(chunk: Buffer): void {
    this.write(chunk);
  }

  endTable(): void {
    this.line('\\.');
  }

  /** Everything is on disk when this returns. */
  end(): void {
    const text = JSON.stringify({ tables: this.tables, sha256: this.hash.digest('hex') });
    writeSync(this.file, `== END ${text}\n`);
    fsyncSync(this.file);
    closeSync(this.file);
  }

  private line(text: string): void {
    this.write(Buffer.from(`${text}\n`));
  }

  private write(data: Buffer): void {
    this.hash.update(data);
    for (let at = 0; at < data.length; ) at += writeSync(this.file, data, at);
  }
}

export interface Contents {
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  /** Why it is not whole. */
  readonly problem?: string;
}

/** Reads an archive to its end; undefined when it is none. */
export function readArchive(path: string): Contents | undefined {
  const data = readFileSync(path);
  const text = data.toString('utf8');
  if (!text.startsWith(FIRST)) return undefined;
  const lines = text.split('\n');
  const tables: { name: string; rows: number }[] = [];
  let inside: { name: string; rows: number } | undefined;
  for (const line of lines.slice(2)) {
    if (inside) {
      if (line === '\\.') inside = undefined;
      else inside.rows += 1;
    } else if (line.startsWith('== TABLE ')) {
      const parsed = jsonOf(line.slice(9)) as { name?: string } | undefined;
      if (!parsed?.name) return { tables, problem: 'a table has no name' };
      inside = { name: parsed.name, rows: 0 };
      tables.push(inside);
    } else if (line.startsWith('== END ')) {
      const end = jsonOf(line.slice(7)) as { sha256?: string; tables?: number } | undefined;
      const before = data.subarray(0, data.lastIndexOf('== END '));
      const sha256 = createHash('sha256').update(before).digest('hex');
      if (end?.sha256 !== sha256) return { tables, problem: 'checksum does not match' };
      return end.tables === tables.length ? { tables } : { tables, problem: 'tables are missing' };
    }
  }
  return { tables, problem: 'could not read from input file: end of file' };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
