// A thread beside its channel; in a narrow window it covers it.

import type { PageChannel } from '../../page-protocol.ts';
import { threadEntries, titleOf } from '../state/seen.ts';
import { Composer } from './composer.ts';
import { usePage } from './context.ts';
import { html } from './html.ts';
import { MessageList } from './message-list.ts';
import { Panel } from './panel.ts';

export function Thread({ channel, thread }: { channel: PageChannel; thread: string }) {
  const { state } = usePage();
  const entries = threadEntries(state, channel.id, thread);
  const title = channel.kind === 'im' ? titleOf(state, channel) : `#${channel.name}`;
  return html`<${Panel} title="Thread" more=${title}>
    <${MessageList}
      entries=${entries}
      label="Messages of the thread"
      of=${thread}
      inThread=${true}
      marked=${state.place.ts}
      before=${entries.length === 0 && html`<p class="empty-line">This thread is gone, or cannot be seen by ${state.me.realName}.</p>`}
    />
    ${
      channel.isMember && !channel.archived
        ? html`<${Composer} key=${thread} channel=${channel} thread=${thread} />`
        : html`<p class="empty-line">Join the channel to answer.</p>`
    }
  <//>`;
}
