/** `wait`: lets some time pass before the next step. No worker is held and no process has to stay: the call is due later. */
import { z } from 'zod';
import type { Action } from '../action.ts';
import { reading } from '../define.ts';

const params = z.object({ seconds: z.int().min(1).max(600).meta({ format: 'seconds' }) });

export const wait = reading({
  name: 'wait',
  version: 1,
  params,
  output: z.object({ seconds: z.int().meta({ format: 'seconds' }) }),
  rights: { kubernetes: [], postgres: [] },
  waits: (args) => (params.safeParse(args).data?.seconds ?? 0) * 1000,
  byHand: (p) => [`sleep ${params.shape.seconds.safeParse(p.seconds).data ?? '<seconds>'}`],
  /** Called when the time is over. Who goes on earlier skips the step. */
  async run(call) {
    return { seconds: call.params.seconds };
  },
});

export const waitActions: readonly Action[] = [wait];
