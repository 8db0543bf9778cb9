/** What one call has read that must not leave it as it is: raw texts, of which a hash is kept, and values of Secrets. */
import { createHash, type Hash } from 'node:crypto';

export class Seen {
  private hashed: Hash | undefined;
  private readonly values = new Set<string>();
  private readonly names = new Set<string>();
  private listed: readonly string[] | undefined;

  /** A text as it was read, before anything is parsed or taken out. The text itself is not kept. */
  raw(text: string): void {
    this.hashed ??= createHash('sha256');
    this.hashed.update(text);
  }

  /** Before the same is read once more: the hash is of the last answer. */
  again(): void {
    this.hashed = undefined;
  }

  /** A value that must be taken out of everything that this call says. */
  secret(...values: readonly string[]): void {
    for (const value of values) this.values.add(value);
    this.listed = undefined;
  }

  /** Names of objects that stand in the open: a Secret that holds one of them does not make it secret. */
  inTheOpen(...names: readonly string[]): void {
    for (const name of names) this.names.add(name);
    this.listed = undefined;
  }

  /** The same list as long as nothing is added: patterns are kept by it. */
  get secrets(): readonly string[] {
    this.listed ??= [...this.values].filter((value) => !this.names.has(value));
    return this.listed;
  }

  /** SHA-256, as hex, of all raw texts in the order they were read; undefined when none was. */
  hash(): string | undefined {
    return this.hashed?.copy().digest('hex');
  }
}
