// What the page knows, as one value; `changes.ts` makes the next one, `seen.ts` answers questions about it.

import type {
  PageChannel,
  PageEphemeral,
  PageMessage,
  PageSession,
  PageSnapshot,
  PageUser,
  PageView,
} from '../../page-protocol.ts';
import type { Place } from './place.ts';

/** What stands beside the channel, besides a thread (that is in the place). */
export type Side =
  | { kind: 'members' }
  | { kind: 'pins' }
  | { kind: 'canvas' }
  | { kind: 'file'; file: SharedFile };

export interface SharedFile {
  id: string;
  name: string;
  title: string;
  mimetype: string;
  pretty_type: string;
  size: number;
}

/** A question before an act: Slack's confirm object, or one of the page's own. */
export interface Question {
  title: string;
  text: { type: string; text: string };
  confirm: string;
  deny: string;
  danger: boolean;
  answer: (yes: boolean) => void;
}

export interface PageState {
  session: PageSession;
  me: PageUser;
  channels: Readonly<Record<string, PageChannel>>;
  /** By channel, then by ts; replies among them. */
  messages: Readonly<Record<string, Readonly<Record<string, PageMessage>>>>;
  /** Channels whose newest messages are here: the ts from which on nothing is missing, and whether there are older ones. */
  loaded: Readonly<Record<string, { from: string; hasMore: boolean }>>;
  ephemerals: readonly PageEphemeral[];
  /** Open modals, the visible one last. */
  views: readonly PageView[];
  home: PageView | null;
  /** Whether the bot is connected. */
  connected: boolean;
  /** Whether this page hears of changes. */
  live: boolean;
  /** By channel, the newest ts this person has seen. */
  read: Readonly<Record<string, string>>;
  place: Place;
  side: Side | null;
  question: Question | null;
  /** What went wrong where there is no better place to say it. */
  notice: string | null;
  /** The element id of the message that is being edited. */
  editing: string | null;
  /** Narrow windows: the list of channels is open. */
  drawer: boolean;
}

export function firstState(
  session: PageSession,
  snapshot: PageSnapshot,
  read: Readonly<Record<string, string>>,
): PageState {
  return {
    session,
    me: snapshot.me,
    channels: Object.fromEntries(snapshot.channels.map((each) => [each.id, each])),
    messages: {},
    loaded: {},
    ephemerals: [],
    views: snapshot.views,
    home: snapshot.home,
    connected: session.connected,
    live: true,
    read,
    place: {},
    side: null,
    question: null,
    notice: null,
    editing: null,
    drawer: false,
  };
}
