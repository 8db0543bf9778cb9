/** Commands about what an incident leaves behind. */
import type { Person } from '../events.ts';

export type LeftWhat =
  | { readonly do: 'check what is left' }
  /** `untilAt` (ms): people are asked again then. Personal data and access wait for a second person. */
  | {
      readonly do: 'keep';
      readonly looseEnd: string;
      readonly reason: string;
      readonly until: string;
      readonly untilAt?: number;
      readonly owner: Person;
    }
  /** The second person, for personal data and access. */
  | { readonly do: 'agree keep'; readonly looseEnd: string }
  /** Everything that is not decided and not sensitive, in one press. */
  | {
      readonly do: 'keep rest';
      readonly reason: string;
      readonly until: string;
      readonly untilAt?: number;
      readonly owner: Person;
    }
  /** Nothing can look: two people say that it is gone. */
  | { readonly do: 'say gone'; readonly looseEnd: string; readonly says: string }
  | { readonly do: 'move'; readonly looseEnd: string; readonly link: string; readonly says?: string }
  | {
      readonly do: 'add left';
      readonly title: string;
      readonly object: string;
      readonly owner?: Person;
      readonly until?: string;
      readonly untilAt?: number;
      readonly sensitivity?: 'personal-data' | 'access';
    }
  /** The time of these is over (ms, the deadline's own instant); the bot asks. */
  | { readonly do: 'remind'; readonly due: number; readonly asks: 'owner' | 'channel' }
  /** A second person looks afterwards at what somebody decided alone. */
  | {
      readonly do: 'judge alone';
      readonly looseEnd: string;
      readonly agrees: boolean;
      readonly reason?: string;
    };
