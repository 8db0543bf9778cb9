/** What people typed, made safe to read: Slack's own markup in words, no invisible or reordering characters. */

/** Who a Slack user id stands for, or undefined when nobody knows. */
export type UserName = (id: string) => string | undefined;

/** Control characters but line end and tab; those that reorder a line for the eye (Unicode TR 36); annotation marks. */
const invisible = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/gu;

/** Text without characters that hide or reorder others; line ends become `\n`. Any other Unicode stays. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(invisible, '');
}

/** `visible`, and every run of blanks and line ends is one blank: for a heading, a cell, a list item. */
export const oneLine = (text: string): string => visible(text).replace(/\s+/gu, ' ');

/** Slack's `<@U1>`, `<#C1|name>`, `<!here>`, `<https://x|words>` in words (Slack: Formatting text for app surfaces). */
export function withoutSlackMarkup(text: string, nameOf: UserName): string {
  return text
    .replace(/<@([A-Z0-9]+)(?:\|([^<>]*))?>/g, (_, id: string, label: string | undefined) => {
      return nameOf(id) ?? named(label) ?? 'somebody';
    })
    .replace(/<#[A-Z0-9]+(?:\|([^<>]*))?>/g, (_, label: string | undefined) => {
      const name = named(label);
      return name === undefined ? 'a channel' : `#${name}`;
    })
    .replace(/<!subteam\^[A-Z0-9]+(?:\|@?([^<>]*))?>/g, (_, label: string | undefined) => {
      const name = named(label);
      return name === undefined ? 'a group' : `group ${name}`;
    })
    .replace(/<!(here|channel|everyone)(?:\|[^<>]*)?>/g, (_, word: string) => `everybody (${word})`)
    .replace(/<((?:https?|mailto):[^<>|\s]+)\|([^<>]*)>/g, (_, url: string, label: string) => {
      const address = url.replace(/^mailto:/, '');
      return label === '' || label === address ? address : `${label} (${address})`;
    })
    .replace(/<((?:https?|mailto):[^<>|\s]+)>/g, (_, url: string) => url.replace(/^mailto:/, ''))
    .replace(marked, (_, before: string, mark: string, id: string) => {
      const known = mark === '@' ? nameOf(id) : undefined;
      return `${before}${known ?? (mark === '#' ? 'a channel' : id.startsWith('S') ? 'a group' : 'somebody')}`;
    });
}

/** Slack's own ids: nine characters or more, the first says of what, and there is a digit in each. */
const ID = String.raw`(?=[A-Z]*\d)[USWCG][A-Z0-9]{8,20}`;

/** An id where a name should be: `@S0123ABCD`, `#C0123ABCD`, `group S0123ABCD`. */
const marked = new RegExp(String.raw`(^|[^\p{L}\p{N}_/])(@|#|group )(${ID})(?![\p{L}\p{N}_])`, 'gu');

/** Undefined for a label that is no name: none at all, or the id once more. */
const named = (label: string | undefined): string | undefined =>
  label === undefined || label.trim() === '' || new RegExp(`^[@#]?${ID}$`).test(label.trim())
    ? undefined
    : label;

/** Slack sends `&`, `<` and `>` of a message as entities, and only those. */
export const withoutSlackEntities = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/**
 * A reader's page may turn `@word` into a mention and `:word:` into a picture, after Markdown, where a backslash does
 * not help: an invisible word joiner (U+2060) between the mark and the word keeps them as they were typed.
 */
export function withoutShortcodes(text: string): string {
  return text
    .replace(/(?<![\p{L}\p{N}_`/.])@(?=[\p{L}\p{N}])/gu, '@\u2060')
    .replace(/:(?=(?:[\w+-]*[a-z_][\w+-]*|[+-]1|100|1234):)/gi, ':\u2060');
}
