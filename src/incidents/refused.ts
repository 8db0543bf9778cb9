/** A decision that is not taken, in words for the person who asked. */
import type { Answer } from './commands.ts';

type Held = NonNullable<Extract<Answer, { ok: false }>['held']>;
type Arrives = NonNullable<Extract<Answer, { ok: false }>['arrives']>;

export class Refused extends Error {
  readonly code: string;
  readonly says: string;
  readonly held?: Held;
  readonly arrives?: Arrives;

  constructor(code: string, says: string, held?: Held, arrives?: Arrives) {
    super(says);
    this.name = 'Refused';
    this.code = code;
    this.says = says;
    if (held) this.held = held;
    if (arrives) this.arrives = arrives;
  }
}
