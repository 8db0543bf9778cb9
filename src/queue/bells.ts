/** Bells: "look at attempt 41", "look at INC-7". Losing one costs a sweep; nothing is in them that is not in PostgreSQL. */

export type Bell =
  | { readonly look: 'attempt'; readonly id: string }
  | { readonly look: 'incident'; readonly number: number };

export interface Bells {
  /** Never throws and never waits: a bell that cannot be rung is a bell that is lost. */
  ring(bell: Bell): void;
  /** Called for bells rung here or, where the queue reaches further, by other processes. */
  listen(heard: (bell: Bell) => void): void;
  close(): Promise<void>;
}

/** Bells of this process alone: for a terminal's one run. */
export function bellsHere(): Bells {
  const ears = new Set<(bell: Bell) => void>();
  return {
    ring(bell) {
      setImmediate(() => {
        for (const heard of ears) heard(bell);
      });
    },
    listen(heard) {
      ears.add(heard);
    },
    async close() {
      ears.clear();
    },
  };
}
