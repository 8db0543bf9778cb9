/** Paths of a pod's volumes: written in commands as the pod has them, really below the pod's own folder. */
import { Transform, type TransformCallback } from 'node:stream';

export class PathMap {
  readonly root: string;
  readonly mounts: readonly string[];
  private readonly pattern: RegExp | undefined;

  /** `mounts` are the absolute paths at which the container has its volumes. */
  constructor(root: string, mounts: readonly string[]) {
    this.root = root;
    this.mounts = mounts;
    const longestFirst = [...mounts].sort((a, b) => b.length - a.length).map(escaped);
    if (longestFirst.length > 0)
      this.pattern = new RegExp(`(?<![\\w./-])(${longestFirst.join('|')})(?![\\w-])`, 'g');
  }

  /** Puts the root before every path that is on a volume. */
  inward(text: string): string {
    return this.pattern ? text.replace(this.pattern, `${this.root}$1`) : text;
  }

  /** Takes the root away again, from output as it comes: a root that is cut in two is still found. */
  outward(): Transform {
    const root = Buffer.from(this.root);
    let held: Buffer = Buffer.alloc(0);
    const cleaned = (data: Buffer): Buffer => {
      if (!data.includes(root)) return data;
      return Buffer.from(data.toString('latin1').replaceAll(root.toString('latin1'), ''), 'latin1');
    };
    return new Transform({
      transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
        const all = cleaned(Buffer.concat([held, chunk]));
        const keep = beginningAtEnd(all, root);
        held = all.subarray(all.length - keep);
        done(null, all.subarray(0, all.length - keep));
      },
      flush(done: TransformCallback) {
        done(null, held);
      },
    });
  }
}

/** How many bytes at the end of `data` may be the beginning of `word`. */
function beginningAtEnd(data: Buffer, word: Buffer): number {
  for (let length = Math.min(data.length, word.length - 1); length > 0; length--) {
    if (data.subarray(data.length - length).equals(word.subarray(0, length))) return length;
  }
  return 0;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
