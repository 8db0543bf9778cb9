/** Commands about what is said to others while the incident is open. */
import type { Person } from '../events.ts';

export type SharingWhat =
  | {
      readonly do: 'post update';
      readonly text: string;
      /** When the next one is promised (ms). */
      readonly next?: number;
      /** To the channel for updates as well. */
      readonly outside: boolean;
      /** What was typed to let words of a private incident out. */
      readonly phrase?: string;
    }
  /** The bot: an update was promised for then (ms). */
  | { readonly do: 'remind update'; readonly due: number }
  | { readonly do: 'hand over'; readonly role: string; readonly to: Person; readonly says: string }
  | { readonly do: 'snooze quiet'; readonly until: number }
  /** The bot: nothing may have been written down for long; `due` is the moment at which it asks (ms). */
  | { readonly do: 'ask about quiet'; readonly due: number };
