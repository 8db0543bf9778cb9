/** Commands about the comparison with how things were before the incident. */
import type { Bodies } from '../events.ts';

/** One thing that is not as it was: in words, and as a thing left behind. */
export interface Unrecorded {
  readonly kind: string;
  readonly name: string;
  /** Hashes of where it is (object and field) and of what stands there now: either may hold a person's address. */
  readonly place: string;
  readonly value: string;
  /** What has to be read to see it, as a snapshot names what it could not read. */
  readonly reads: readonly string[];
  readonly title: string;
  readonly before?: string;
  readonly during?: string;
  readonly sensitivity?: 'personal-data' | 'access';
}

export type BaselineWhat =
  /** The bot. `body.of`: the version of the event that asked for the comparison. */
  | {
      readonly do: 'record difference';
      readonly body: Omit<Bodies['difference_found'], 'questions' | 'asked' | 'more' | 'resolve' | 'again'>;
      readonly questions: readonly Unrecorded[];
    }
  | { readonly do: 'record no difference'; readonly of?: number; readonly says: string };
