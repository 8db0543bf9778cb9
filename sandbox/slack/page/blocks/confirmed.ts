// Asks Slack's confirm dialog before an element acts.

import type { Page } from '../state/page.ts';
import { isRecord, type Json, textOf } from './surface.ts';

/** True at once for an element without a confirm object. */
export async function confirmed(page: Page, element: Json): Promise<boolean> {
  const asked = element.confirm;
  if (!isRecord(asked)) return true;
  return page.ask({
    title: textOf(asked.title),
    text: { type: isRecord(asked.text) ? String(asked.text.type) : 'plain_text', text: textOf(asked.text) },
    confirm: textOf(asked.confirm),
    deny: textOf(asked.deny),
    danger: asked.style === 'danger',
  });
}
