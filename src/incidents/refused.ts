/** A decision that is not taken, in words for the person who asked. */
import type { Answer } from './commands.ts';

type Held = NonNullable<Extract<Answer, { ok: false }>['held']>;

export class Refused extends Error {
  readonly code: string;
  readonly says: string;
  readonly held?: Held;

  constructor(code: string, says: string, held?: Held) {
    super(says);
    this.name = 'Refused';
    this.code = code;
    this.says = says;
    if (held) this.held = held;
  }
}
