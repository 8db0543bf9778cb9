/** Commands about the comparison with how things were before the incident. */
import type { Bodies } from '../events.ts';

/** One thing that is not as it was: in words, and as a thing left behind. */
export interface Unrecorded {
  readonly id: string;
  readonly title: string;
  readonly object: string;
  readonly before?: string;
  readonly during?: string;
  readonly sensitivity?: 'personal-data' | 'access';
}

export type BaselineWhat =
  /** The bot. */
  | {
      readonly do: 'record difference';
      readonly body: Omit<Bodies['difference_found'], 'questions'>;
      readonly questions: readonly Unrecorded[];
    }
  | { readonly do: 'record no difference'; readonly says: string };
