// The page at work for one person: holds the state, asks the server, hears of changes, and knows where the person is.

import type { PageAct, PageEvent, PageOutcome } from '../../page-protocol.ts';
import { afterEvent, afterHistory, afterThread, markRead, withoutEphemeral } from './changes.ts';
import { firstState, type PageState, type Question, type Side } from './page-state.ts';
import { addressOf, type Place, placeOf } from './place.ts';
import type { ReadMarks } from './read-marks.ts';
import { directWith, general, hasNews } from './seen.ts';
import { soon } from './soon.ts';
import { loadSession, type Wire } from './wire.ts';

export interface Page {
  readonly state: PageState;
  subscribe(listener: (state: PageState) => void): void;
  set(change: Partial<PageState>): void;
  /** Goes to a place: the address, the messages, the thread. */
  go(place: Place, how?: 'push' | 'replace' | 'back'): Promise<void>;
  /** Does something; a failure is told in the notice unless `quiet` (the caller tells it where it happened). */
  act(act: PageAct, quiet?: 'quiet'): Promise<PageOutcome>;
  /** Opens the talk with somebody; makes it when there is none. */
  talkTo(user: string, tab?: 'home'): Promise<void>;
  older(): Promise<void>;
  show(side: Side | null): void;
  closeSide(): void;
  /** Asks before an act; false for no. */
  ask(question: Omit<Question, 'answer'>): Promise<boolean>;
  dismiss(ts: string): void;
  addressOf(place: Place): string;
  fileAddress(id: string): string;
  fileText(id: string): Promise<string>;
}

const MOST_PAGES = 20;
const MOST_CHANNELS = 40;

/** Loads what is needed, goes where the address says, and keeps up from then on. @throws Refused */
export async function startPage(wire: Wire, first: PageState, marks: ReadMarks): Promise<Page> {
  let state = first;
  const listeners: ((state: PageState) => void)[] = [];
  /** Changes that came while everything is loaded again; applied on top of it. */
  let waiting: PageEvent[] | undefined;

  const put = (next: PageState) => {
    const channel = next.place.channel;
    const isLooking = channel !== undefined && next.place.tab !== 'home' && !document.hidden;
    const seen = isLooking ? markRead(next, channel) : next;
    if (seen === state) return;
    if (seen.read !== state.read) marks.save(seen.read);
    state = seen;
    for (const listener of listeners) listener(state);
  };
  const set = (change: Partial<PageState>) => put({ ...state, ...change });
  const told = (error: unknown) => set({ notice: (error as Error).message });

  async function history(channel: string, older = false): Promise<void> {
    const before = older ? state.loaded[channel]?.from : undefined;
    const found = await wire.history(channel, before === undefined ? {} : { before });
    put(afterHistory(state, channel, found, older));
  }
  async function fetchPlace({ channel, ts, thread }: Place): Promise<void> {
    if (channel === undefined || state.channels[channel] === undefined) return;
    if (state.loaded[channel] === undefined) await history(channel);
    if (thread !== undefined)
      put(afterThread(state, await wire.history(channel, { thread_ts: thread, limit: 500 })));
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const isHere = ts === undefined || thread !== undefined || ts >= (state.loaded[channel]?.from ?? '');
      if (isHere || state.loaded[channel]?.hasMore !== true) break;
      await history(channel, true);
    }
  }
  const address = (place: Place) => addressOf(place, state.me.name);
  const arrival = (channel: string) => soon(() => state.channels[channel] !== undefined);
  const hereOf = (): Place => {
    const { as: _, ...place } = placeOf(window.location.href);
    return place;
  };
  const where = (place: Place): Place => {
    if (place.channel !== undefined && state.channels[place.channel] !== undefined) return place;
    const fallback = general(state)?.id;
    return fallback === undefined ? {} : { channel: fallback };
  };

  const page: Page = {
    get state() {
      return state;
    },
    subscribe: (listener) => listeners.push(listener),
    set,
    async go(wanted, how = 'push') {
      if (how === 'push' && wanted.channel !== undefined) await arrival(wanted.channel);
      const isElsewhere = wanted.channel !== undefined && state.channels[wanted.channel] === undefined;
      const place = where(wanted);
      if (how === 'push') window.history.pushState(null, '', address(place));
      else if (how === 'replace') window.history.replaceState(null, '', address(place));
      set({
        place,
        side: null,
        drawer: false,
        notice: isElsewhere ? `${state.me.realName} cannot see that channel, or it does not exist.` : null,
      });
      await fetchPlace(place).catch(told);
      if (place.tab === 'home') await page.act({ do: 'openHome' });
    },
    async act(act, quiet) {
      const outcome = await wire.act(act);
      if (!outcome.ok && quiet === undefined && outcome.text !== undefined) set({ notice: outcome.text });
      return outcome;
    },
    async talkTo(user, tab) {
      const home = tab === undefined ? {} : { tab };
      const known = directWith(state, user)?.id;
      const channel = known ?? (await page.act({ do: 'direct', who: user })).made;
      if (channel === undefined) return;
      await page.go({ channel, ...home });
    },
    async older() {
      const { channel } = state.place;
      if (channel !== undefined) await history(channel, true).catch(told);
    },
    show: (side) => set({ side, drawer: false }),
    closeSide() {
      const { thread, ts: _, ...place } = state.place;
      if (state.side !== null) set({ side: null });
      else if (thread !== undefined) void page.go(place);
    },
    ask: (question) =>
      new Promise((resolve) => {
        const answer = (yes: boolean) => {
          set({ question: null });
          resolve(yes);
        };
        set({ question: { ...question, answer } });
      }),
    dismiss: (ts) => put(withoutEphemeral(state, ts)),
    addressOf: address,
    fileAddress: (id) => wire.fileAddress(id),
    fileText: (id) => wire.fileText(id),
  };

  /** After a lost connection nothing that is shown can be trusted: everything is asked for again. */
  async function reload(): Promise<void> {
    waiting = [];
    try {
      const [session, snapshot] = await Promise.all([loadSession(), wire.load()]);
      const { place, side, question, notice, drawer, read } = state;
      const fresh = { ...firstState(session, snapshot, read), place, side, question, notice, drawer };
      const { channel } = place;
      const found =
        channel === undefined || fresh.channels[channel] === undefined
          ? undefined
          : await wire.history(channel);
      const filled =
        found === undefined || channel === undefined ? fresh : afterHistory(fresh, channel, found, false);
      put(waiting.reduce(afterEvent, filled));
    } finally {
      waiting = undefined;
    }
    await fetchPlace(state.place);
    // Whether news are for this person shows in the messages only.
    const unknown = Object.values(state.channels).filter(
      (each) => hasNews(state, each) && !state.loaded[each.id],
    );
    await Promise.all(unknown.slice(0, MOST_CHANNELS).map((each) => history(each.id)));
  }

  let opened = 0;
  const startAgain = () => window.setTimeout(() => window.location.reload(), 2000);
  await new Promise<void>((resolve) => {
    wire.listen({
      open() {
        opened += 1;
        resolve();
        // A person who is not there any more: the sandbox was started anew, with other people.
        if (opened > 1) reload().catch(startAgain);
      },
      event(event) {
        if (waiting === undefined) put(afterEvent(state, event));
        else waiting.push(event);
      },
      lost(forGood) {
        set({ live: false });
        if (forGood) startAgain();
        resolve();
      },
    });
  });
  window.addEventListener('popstate', () => void page.go(hereOf(), 'back'));
  document.addEventListener('visibilitychange', () => put({ ...state }));
  // What happened between loading and listening would be missed without this.
  if (opened > 0) await reload().catch(told);
  await page.go(hereOf(), 'replace');
  return page;
}
