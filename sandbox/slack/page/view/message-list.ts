// A list of messages, oldest first: grouped by day and author, kept at its end while one reads the end.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Entry } from '../state/seen.ts';
import { dateOf, dayOf, dayWords } from '../text/dates.ts';
import { usePage } from './context.ts';
import { Ephemeral } from './ephemeral.ts';
import { html, type Shown } from './html.ts';
import { Message } from './message.ts';

const TOGETHER_SECONDS = 300;
const NEAR_END = 80;

/** By the same author, the same day, within five minutes, and nothing special about it. */
function followsOn(entry: Entry, before: Entry | undefined): boolean {
  if (entry.kind !== 'message' || before?.kind !== 'message') return false;
  const [now, last] = [entry.message, before.message];
  const isPlain = typeof now.subtype !== 'string' && typeof last.subtype !== 'string';
  return isPlain && now.user === last.user && Number(now.ts) - Number(last.ts) < TOGETHER_SECONDS;
}

/** Arrow keys go from message to message; fields inside keep theirs. */
function walk(event: KeyboardEvent): void {
  const list = event.currentTarget as HTMLElement;
  const target = event.target as HTMLElement;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || target.closest('input, textarea, [popover], [role=toolbar]') !== null) return;
  const all = [...list.querySelectorAll<HTMLElement>('article')];
  const at = all.findIndex((each) => each.contains(target));
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? all.length - 1 : at + step))];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

interface Props {
  entries: readonly Entry[];
  label: string;
  /** Changes when another list is shown. */
  of: string;
  inThread?: boolean;
  before?: Shown;
  marked?: string | undefined;
  onOlder?: (() => Promise<void>) | undefined;
}

export function MessageList({ entries, label, of, inThread = false, before, marked, onOlder }: Props) {
  const { state } = usePage();
  const list = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const shown = useRef<string | undefined>(undefined);
  const [isBehind, setBehind] = useState(false);
  const zone = state.me.timeZone;
  const last = entries.at(-1)?.ts;
  const isMarkedHere = entries.some((each) => each.ts === marked);

  const toEnd = () => {
    if (list.current !== null) list.current.scrollTop = list.current.scrollHeight;
  };
  useLayoutEffect(() => {
    atEnd.current = true;
    setBehind(false);
    toEnd();
  }, [of]);
  useLayoutEffect(() => {
    const newest = entries.at(-1);
    // What one sent oneself, and the answer that only oneself sees, is what one waits for.
    const isOwn = newest?.kind === 'ephemeral' || newest?.message.user === state.me.id;
    if (atEnd.current || (isOwn && shown.current !== undefined)) toEnd();
    else if (newest !== undefined) setBehind(true);
    shown.current = last;
  }, [last]);
  useEffect(() => {
    // Messages grow when they are changed, fields grow when one types: the end stays in sight.
    const watch = new ResizeObserver(() => atEnd.current && toEnd());
    if (content.current !== null) watch.observe(content.current);
    if (list.current !== null) watch.observe(list.current);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (!isMarkedHere || marked === undefined) return;
    atEnd.current = false;
    const found = list.current?.querySelector<HTMLElement>(`[data-ts="${marked}"]`);
    found?.scrollIntoView({ block: 'center' });
    found?.focus({ preventScroll: true });
  }, [marked, isMarkedHere, of]);

  const scrolled = () => {
    const element = list.current;
    if (element === null) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    if (atEnd.current) setBehind(false);
  };
  const now = new Date();
  return html`<div class="list-frame">
    <div class="list" ref=${list} onScroll=${scrolled} onKeyDown=${walk}>
      <div class="list-content" ref=${content}>
        ${onOlder !== undefined && html`<p class="older"><button type="button" class="button" onClick=${onOlder}>Show earlier messages</button></p>`}
        ${before}
        <div role="log" aria-live="polite" aria-relevant="additions" aria-label=${label}>
          ${entries.map((entry, at) => {
            const previous = entries[at - 1];
            const day = dayOf(dateOf(entry.ts), zone);
            const isNewDay = previous === undefined || dayOf(dateOf(previous.ts), zone) !== day;
            return html`
              ${isNewDay && html`<div class="day" key=${day}><span>${dayWords(dateOf(entry.ts), zone, now)}</span></div>`}
              ${
                entry.kind === 'ephemeral'
                  ? html`<${Ephemeral} key=${`e${entry.ts}`} ephemeral=${entry.ephemeral} />`
                  : html`<${Message}
                      key=${entry.ts}
                      message=${entry.message}
                      follows=${!isNewDay && followsOn(entry, previous)}
                      inThread=${inThread}
                      isMarked=${entry.ts === marked}
                      isStop=${entry.ts === last}
                    />`
              }
            `;
          })}
        </div>
      </div>
    </div>
    ${
      isBehind &&
      html`<button type="button" class="jump" onClick=${() => {
        atEnd.current = true;
        setBehind(false);
        toEnd();
      }}>New messages below</button>`
    }
  </div>`;
}
