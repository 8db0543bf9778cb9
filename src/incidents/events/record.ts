/** What people do to the record afterwards: milestones they set, and entries whose words are taken out for good. */
import { z } from 'zod';
import { instant, personSchema } from './shapes.ts';

export const recordBodies = {
  /** A milestone that nothing else shows: `detected`, `acknowledged`, `fixed`, `tidied`. The last one of a name counts. */
  milestone_set: z.object({ milestone: z.string(), at: instant, precision: z.enum(['exact', 'about']) }),
  /** Somebody asks to take the words of an entry out for good; a second person has to agree. */
  erase_asked: z.object({ erase: z.string(), entry: z.string(), reason: z.string() }),
  /** From here on these bodies hold no words of the entry. The chain covers this event, and so what is left of them. */
  entry_erased: z.object({
    erase: z.string(),
    entry: z.string(),
    /** What is left of each event that held words of it: the very text that is stored in place of its body. */
    left: z.array(z.object({ version: z.int(), body: z.string() })),
    reason: z.string(),
    askedBy: personSchema,
  }),
  /** A file of a Slack message of the timeline is kept in Handrail's own database, byte for byte. */
  file_kept: z.object({
    entry: z.string(),
    /** Slack's id. */
    file: z.string(),
    name: z.string(),
    mimetype: z.string(),
    bytes: z.int(),
    /** Of its bytes, in hex. */
    sha256: z.string(),
  }),
  /** It is not tried any more. */
  file_not_kept: z.object({ entry: z.string(), file: z.string(), name: z.string(), says: z.string() }),
} as const;
