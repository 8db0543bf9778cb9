/** Every second bell of each kind is lost before it rings, the first one too: nothing may cost more than a sweep. */
import type { Bells } from '../../src/queue/bells.ts';

export function losing(bells: Bells): Bells {
  const rung = { attempt: 0, incident: 0 };
  return {
    ...bells,
    ring(bell) {
      rung[bell.look]++;
      if (rung[bell.look] % 2 === 0) bells.ring(bell);
    },
  };
}
