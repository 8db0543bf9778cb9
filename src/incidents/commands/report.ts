/** Commands about the report: what people write for it, and how far it is. */
import type { Bodies, Person } from '../events.ts';

export type ReportWhat =
  | { readonly do: 'write section'; readonly section: string; readonly text: string }
  /** Without `id` a new answer; `remove` takes it and what hangs on it away. */
  | {
      readonly do: 'write why';
      readonly id?: string;
      readonly parent?: string;
      readonly text: string;
      readonly open?: boolean;
      readonly remove?: true;
    }
  | {
      readonly do: 'add follow-up';
      readonly text: string;
      readonly owner?: Person;
      readonly dueOn?: string;
      readonly link?: string;
      readonly doneWhen?: string;
    }
  | ({ readonly do: 'change follow-up' } & Bodies['follow_up_changed'])
  /** `checked`, for `final`: the version of the record whose report was looked at, and nothing has been written since. */
  | {
      readonly do: 'set report status';
      readonly to: 'draft' | 'in review' | 'final';
      readonly checked?: number;
      readonly problems?: readonly { readonly code: string; readonly says: string }[];
    }
  | { readonly do: 'waive'; readonly code: string; readonly key: string; readonly reason: string }
  | { readonly do: 'post report' }
  | { readonly do: 'record report'; readonly file: string; readonly hash: string; readonly profile?: string };
