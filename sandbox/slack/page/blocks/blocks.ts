// Shows blocks; each kind in a component of its own, and a kind that is not known by its name.

import { mrkdwn } from '../text/mrkdwn.ts';
import type { Inline, Part } from '../text/nodes.ts';
import { richText } from '../text/rich-text.ts';
import { Markdown, Parts, plainEmoji, TextOf } from '../view/formatted.ts';
import { html, type Shown } from '../view/html.ts';
import { Element } from './element.ts';
import { Picture } from './image.ts';
import { Input } from './input.ts';
import { Placeholder } from './placeholder.ts';
import { isRecord, type Json, listOf, stringOf, textOf } from './surface.ts';

const Section = ({ block }: { block: Json }) => html`<div class="section">
  <div class="section-text">
    ${isRecord(block.text) && html`<${TextOf} text=${block.text} />`}
    ${
      Array.isArray(block.fields) &&
      html`<div class="fields">
        ${listOf(block.fields).map((field) => html`<div><${TextOf} text=${field} /></div>`)}
      </div>`
    }
  </div>
  ${
    isRecord(block.accessory) &&
    html`<div class="accessory">
      <${Element} block=${block} element=${block.accessory} label=${accessoryLabel(block)} />
    </div>`
  }
</div>`;

/** A menu beside a text is called by the text's first line. */
function accessoryLabel(block: Json): string | undefined {
  const [first] = mrkdwn(textOf(block.text));
  const words = first?.t === 'paragraph' ? plainLine(first.inner) : '';
  return words === '' ? undefined : words.slice(0, 80);
}

const plainLine = (inner: readonly Inline[]): string =>
  inner.map((node) => ('text' in node ? node.text : 'inner' in node ? plainLine(node.inner) : ' ')).join('');

const Actions = ({ block }: { block: Json }) => html`<div class="actions">
  ${listOf(block.elements).map(
    (element) => html`<${Element} key=${element.action_id} block=${block} element=${element} />`,
  )}
</div>`;

const Context = ({ block }: { block: Json }) => html`<div class="context">
  ${listOf(block.elements).map((element) =>
    element.type === 'image'
      ? html`<${Picture} element=${element} small=${true} />`
      : html`<${TextOf} text=${element} />`,
  )}
</div>`;

const Image = ({ block }: { block: Json }) => html`<figure class="image">
  ${isRecord(block.title) && html`<figcaption>${plainEmoji(block.title)}</figcaption>`}
  <${Picture} element=${block} />
</figure>`;

function cell(value: Json): Inline[] {
  if (value.type === 'rich_text')
    return richText(value.elements).flatMap((part) => ('inner' in part ? part.inner : []));
  return [{ t: 'text', text: stringOf(value.text) || stringOf(value.value) }];
}

function table(block: Json): Part {
  const [head = [], ...rows] = (Array.isArray(block.rows) ? block.rows : []).map((row) =>
    listOf(row).map(cell),
  );
  return { t: 'table', head, rows };
}

const formatted = (parts: readonly Part[]) => html`<div class="formatted"><${Parts} parts=${parts} /></div>`;

function Block({ block }: { block: Json }): Shown {
  switch (block.type) {
    case 'header':
      return html`<div class="header-block" role="heading" aria-level="3">
        ${plainEmoji(block.text)}
      </div>`;
    case 'section':
      return html`<${Section} block=${block} />`;
    case 'actions':
      return html`<${Actions} block=${block} />`;
    case 'context':
      return html`<${Context} block=${block} />`;
    case 'divider':
      return html`<hr class="divider" />`;
    case 'image':
      return html`<${Image} block=${block} />`;
    case 'input':
      return html`<${Input} block=${block} />`;
    case 'rich_text':
      return formatted(richText(block.elements));
    case 'markdown':
      return html`<${Markdown} text=${stringOf(block.text)} />`;
    case 'table':
      return formatted([table(block)]);
    case 'file':
      return html`<p class="remote-file">File: <code>${stringOf(block.external_id)}</code></p>`;
    default:
      return html`<${Placeholder} type=${block.type} />`;
  }
}

export const Blocks = ({ blocks }: { blocks: unknown }) => html`<div class="blocks">
  ${listOf(blocks).map((block, at) => html`<${Block} key=${block.block_id ?? at} block=${block} />`)}
</div>`;
