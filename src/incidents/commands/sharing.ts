/** Commands about what is said to others while the incident is open. */
import type { Person } from '../events.ts';

export type SharingWhat =
  | { readonly do: 'post update'; readonly text: string; readonly next?: number }
  | { readonly do: 'hand over'; readonly role: string; readonly to: Person; readonly says: string }
  | { readonly do: 'snooze quiet'; readonly until: number }
  /** The bot: nothing was written down since then (ms). */
  | { readonly do: 'ask about quiet'; readonly since: number; readonly due: number };
