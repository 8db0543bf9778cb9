/** `notify.delivered`: whether an escalation has arrived, and whether somebody has acknowledged it. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { word } from '../kubernetes/by-hand.ts';
import { lookFor } from './trace.ts';
import { toldBy } from './which-contact.ts';

export const delivered = reading({
  name: 'notify.delivered',
  version: 1,
  params: z.object({
    contact: z.string().min(1).max(200),
    /** The key in the plan of the escalation. */
    key: z.string().min(1).max(512),
  }),
  output: z.object({
    found: z.enum(['yes', 'no', 'cannot tell']),
    acknowledged: z.boolean().optional(),
    says: z.string(),
  }),
  rights: { kubernetes: [], postgres: [] },
  byHand: (params) => [
    `# Ask ${word(params.contact, '<contact>')}, or look where handrail.yaml says, for the key ${word(params.key, '<key>')}`,
  ],
  async run(call) {
    const { contact, key } = call.params;
    return await lookFor(call, toldBy(call, contact), key);
  },
});
