// What formatted text is made of, whether it came as mrkdwn, as rich_text or as Markdown.

export type Inline =
  | { t: 'text'; text: string }
  | { t: 'break' }
  | { t: 'bold' | 'italic' | 'strike'; inner: Inline[] }
  | { t: 'code'; text: string }
  | { t: 'link'; url: string; inner: Inline[] }
  | { t: 'user' | 'channel' | 'group'; id: string; label?: string }
  | { t: 'broadcast'; range: string }
  | { t: 'emoji'; name: string }
  /** `at` in seconds since 1970. */
  | { t: 'date'; at: number; format: string; url?: string; fallback: string };

export interface Item {
  inner: Inline[];
  /** 0 for the outermost list. */
  indent: number;
}

export type Part =
  | { t: 'paragraph'; inner: Inline[] }
  | { t: 'heading'; level: number; inner: Inline[] }
  | { t: 'quote'; parts: Part[] }
  | { t: 'code'; text: string }
  | { t: 'list'; ordered: boolean; start: number; items: Item[] }
  | { t: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { t: 'rule' };

/** Only these are made into links; anything else (`javascript:` above all) stays text. */
export const isSafeUrl = (url: string): boolean => /^(https?:\/\/|mailto:)/i.test(url);

/** The text without its marks, for titles, labels and previews. Mentions keep their label or id. */
export function plainOf(inner: readonly Inline[]): string {
  return inner
    .map((node) => {
      switch (node.t) {
        case 'text':
        case 'code':
          return node.text;
        case 'break':
          return ' ';
        case 'bold':
        case 'italic':
        case 'strike':
        case 'link':
          return plainOf(node.inner);
        case 'user':
          return `@${node.label ?? node.id}`;
        case 'channel':
          return `#${node.label ?? node.id}`;
        case 'group':
          return node.label ?? `@${node.id}`;
        case 'broadcast':
          return `@${node.range}`;
        case 'emoji':
          return `:${node.name}:`;
        case 'date':
          return node.fallback;
      }
    })
    .join('');
}
