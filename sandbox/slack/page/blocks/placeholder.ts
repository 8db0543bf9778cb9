// Stands in for what this page does not show: nothing the bot sends may vanish without a word.

import { html } from '../view/html.ts';

export const Placeholder = ({ type }: { type: unknown }) =>
  html`<div class="placeholder" role="note">This page does not show <code>${String(type)}</code>.</div>`;
