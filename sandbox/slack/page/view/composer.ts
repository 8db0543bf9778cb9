// The message box: Enter sends, Shift+Enter breaks the line, `/` offers commands. What failed is said above it.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PageChannel } from '../../page-protocol.ts';
import { channelEntries, titleOf } from '../state/seen.ts';
import { usePage } from './context.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';
import { Shortcuts } from './shortcuts.ts';
import { commandIn, type Offered, type Suggestion, suggestionsFor } from './suggestions.ts';

/** What was typed and not sent, by channel and thread, for the time the page is open. */
const drafts = new Map<string, string>();

function Suggestions({
  offered,
  at,
  id,
  onChoose,
}: {
  offered: Offered;
  at: number;
  id: string;
  onChoose: (each: Suggestion) => void;
}) {
  return html`<div class="suggestions" role="listbox" id=${id} aria-label="Suggestions">
    ${offered.list.map(
      (each, index) => html`<div
        key=${each.insert}
        role="option"
        id=${`${id}-${index}`}
        class=${index === at ? 'offer is-active' : 'offer'}
        aria-selected=${index === at ? 'true' : 'false'}
        onMouseDown=${(event: MouseEvent) => {
          event.preventDefault();
          onChoose(each);
        }}
      >
        <strong class="suggestion-label">${each.label}</strong>
        <span class="offer-more">${each.more}</span>
      </div>`,
    )}
    <p class="suggestion-keys"><kbd>↑</kbd> <kbd>↓</kbd> to choose, <kbd>Tab</kbd> to take it</p>
  </div>`;
}

export function Composer({ channel, thread }: { channel: PageChannel; thread?: string }) {
  const { page, state } = usePage();
  const key = `${channel.id} ${thread ?? ''}`;
  const [text, setText] = useState(drafts.get(key) ?? '');
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [isClosed, setClosed] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const id = `composer${thread === undefined ? '' : '-thread'}`;
  const title =
    channel.kind === 'im' || channel.kind === 'mpim' ? titleOf(state, channel) : `#${channel.name}`;

  const offered = isClosed ? undefined : suggestionsFor(state, text, caret);
  const typed = commandIn(text);
  const known = state.session.commands.find((each) => each.command === typed?.command);

  useEffect(() => {
    if (thread !== undefined || window.matchMedia('(min-width: 760px)').matches) {
      if (document.querySelector('dialog[open]') === null && state.place.ts === undefined)
        area.current?.focus();
    }
  }, []);
  useLayoutEffect(() => {
    const box = area.current;
    if (box === null) return;
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 220)}px`;
  }, [text]);

  const change = (next: string, where: number) => {
    setText(next);
    setCaret(where);
    setAt(0);
    setClosed(false);
    drafts.set(key, next);
  };
  const take = ({ insert }: Suggestion) => {
    if (offered === undefined) return;
    const next = text.slice(0, offered.from) + insert + text.slice(caret);
    const where = offered.from + insert.length;
    change(next, where);
    window.requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(where, where);
    });
  };
  const send = async () => {
    const sent = text;
    if (sent.trim() === '') return;
    setProblem(null);
    if (typed !== undefined && thread !== undefined) {
      setProblem(`Slack takes no commands in threads. Type ${typed.command} in the channel instead.`);
      return;
    }
    change('', 0);
    setSending(true);
    const outcome =
      typed === undefined
        ? await page.act(
            {
              do: 'say',
              channel: channel.id,
              text: sent,
              ...(thread === undefined ? {} : { thread_ts: thread }),
            },
            'quiet',
          )
        : await page.act(
            { do: 'slash', channel: channel.id, command: typed.command, text: typed.rest },
            'quiet',
          );
    setSending(false);
    if (outcome.ok) return;
    setProblem(outcome.text ?? 'That did not work.');
    // Given back, so that trying again is one key; unless something new was begun meanwhile.
    if ((drafts.get(key) ?? '') === '') change(sent, sent.length);
  };
  const editLast = () => {
    const own = channelEntries(state, channel.id).findLast(
      (each) =>
        each.kind === 'message' && each.message.user === state.me.id && each.message.subtype === undefined,
    );
    if (own !== undefined) page.set({ editing: `m-${own.ts}` });
  };
  const press = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const list = offered?.list ?? [];
    // What is typed out already needs no choosing: Enter sends.
    const isExact = list.some((each) => each.insert.trim() === text.slice(offered?.from, caret).trim());
    if (list.length > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp'))
      setAt((at + (event.key === 'ArrowDown' ? 1 : list.length - 1)) % list.length);
    else if (
      list[at] !== undefined &&
      (event.key === 'Tab' ? !event.shiftKey : event.key === 'Enter' && !event.shiftKey && !isExact)
    )
      take(list[at]);
    else if (list.length > 0 && event.key === 'Escape') setClosed(true);
    else if (event.key === 'Enter' && !event.shiftKey) void send();
    else if (event.key === 'ArrowUp' && text === '' && thread === undefined) editLast();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const follow = () => setCaret(area.current?.selectionStart ?? 0);
  const hint = known?.usageHint === undefined ? undefined : `${known.command} ${known.usageHint}`;
  return html`<div class="composer">
    ${
      problem !== null &&
      html`<div class="problem is-line" role="alert">
        <span>${problem}</span>
        <button type="button" class="quiet" aria-label="Close this message" onClick=${() => setProblem(null)}><${Icon} name="close" size=${12} /></button>
      </div>`
    }
    <div class="composer-box">
      ${offered && html`<${Suggestions} offered=${offered} at=${at} id=${`${id}-list`} onChoose=${take} />`}
      <textarea
        id=${id}
        ref=${area}
        rows="1"
        value=${text}
        placeholder=${thread === undefined ? `Message ${title}` : 'Answer'}
        aria-label=${thread === undefined ? `Message ${title}` : 'Answer in the thread'}
        aria-autocomplete="list"
        aria-controls=${offered && `${id}-list`}
        aria-activedescendant=${offered && `${id}-list-${at}`}
        onInput=${(event: Event) => {
          const box = event.currentTarget as HTMLTextAreaElement;
          change(box.value, box.selectionStart);
        }}
        onKeyDown=${press}
        onKeyUp=${follow}
        onClick=${follow}
      ></textarea>
      <div class="composer-foot">
        ${thread === undefined && html`<${Shortcuts} />`}
        <span class="composer-hint">${
          isSending
            ? 'Sending …'
            : (hint ??
              (text === '' || offered !== undefined
                ? ''
                : html`<kbd>Enter</kbd> sends, <kbd>Shift</kbd>+<kbd>Enter</kbd> starts a new line`))
        }</span>
        <button type="button" class="send" aria-label="Send" title="Send" disabled=${text.trim() === ''} onClick=${send}>
          <${Icon} name="send" />
        </button>
      </div>
    </div>
  </div>`;
}
