/** Commands about what an incident leaves behind. */
import type { Person } from '../events.ts';

export type LeftWhat =
  /** Everything that waits, with a new list; or this one alone. */
  | { readonly do: 'check what is left'; readonly looseEnd?: string }
  /**
   * `until` as it was typed (coming-time.ts): people are asked again then. Personal data and access wait for a second
   * person.
   */
  | {
      readonly do: 'keep';
      readonly looseEnd: string;
      readonly reason: string;
      readonly until: string;
      readonly owner: Person;
    }
  /** The second person, for personal data and access. `asked` (ms): when what they were shown was asked for. */
  | { readonly do: 'agree keep'; readonly looseEnd: string; readonly asked?: number }
  /** Everything that is not decided and not sensitive, in one press; until tomorrow 10:00, by the lead, if nothing is said. */
  | {
      readonly do: 'keep rest';
      readonly reason: string;
      readonly until?: string;
      readonly owner?: Person;
    }
  /** Nothing can look: two people say that it is gone. */
  | { readonly do: 'say gone'; readonly looseEnd: string; readonly says: string }
  | { readonly do: 'move'; readonly looseEnd: string; readonly link: string; readonly says?: string }
  | {
      readonly do: 'add left';
      readonly title: string;
      readonly object: string;
      readonly owner?: Person;
      /** By when it is to be gone, as it was typed. */
      readonly until?: string;
      readonly sensitivity?: 'personal-data' | 'access';
    }
  /** The time until which things were kept is over (`due`, ms); the bot asks who looks after them, then everybody. */
  | { readonly do: 'remind'; readonly due: number; readonly asks: 'owner' | 'channel' }
  /** A second person looks afterwards at what somebody decided alone. */
  | {
      readonly do: 'judge alone';
      readonly looseEnd: string;
      readonly agrees: boolean;
      readonly reason?: string;
    };
