// What a menu offers: its own options, people, conversations or channels.

import type { PageState } from '../state/page-state.ts';
import { titleOf } from '../state/seen.ts';
import { plainEmoji } from '../view/formatted.ts';
import { isRecord, type Json, listOf, textOf } from './surface.ts';

export interface Offer {
  value: string;
  label: string;
  more?: string;
  group?: string;
}

function option(each: Json, group?: string): Offer {
  return {
    value: String(each.value),
    label: plainEmoji(each.text),
    ...(each.description === undefined ? {} : { more: plainEmoji(each.description) }),
    ...(group === undefined ? {} : { group }),
  };
}

const sign = { public: '#', private: '🔒 ', im: '@', mpim: '' } as const;

/** Undefined for a kind of menu that this page does not know. */
export function offersOf(state: PageState, element: Json): Offer[] | undefined {
  const kind = String(element.type).replace(/^multi_/, '');
  switch (kind) {
    case 'static_select':
      return [
        ...listOf(element.options).map((each) => option(each)),
        ...listOf(element.option_groups).flatMap((group) =>
          listOf(group.options).map((each) => option(each, textOf(group.label))),
        ),
      ];
    case 'users_select':
      return state.session.people
        .filter((each) => !each.bot)
        .map(({ id, realName, name }) => ({
          value: id,
          label: realName,
          ...(name === realName ? {} : { more: `@${name}` }),
        }));
    case 'channels_select':
    case 'conversations_select': {
      const filter = isRecord(element.filter) ? element.filter : {};
      const wanted = Array.isArray(filter.include) ? filter.include : undefined;
      const isOffered = (type: string) =>
        kind === 'channels_select' ? type === 'public' : (wanted?.includes(type) ?? true);
      return Object.values(state.channels)
        .filter((each) => !each.archived && isOffered(each.kind))
        .map((each) => ({ value: each.id, label: `${sign[each.kind]}${titleOf(state, each)}` }));
    }
    default:
      return undefined;
  }
}

/** Those whose words contain every word of the search. */
export function matching(offers: readonly Offer[], search: string): Offer[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return offers.filter((each) => {
    const text = `${each.label} ${each.more ?? ''} ${each.group ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
