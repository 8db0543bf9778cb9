/** What stands in a line of a canvas: text, emphasis, code and links to pages; never a person, a channel or a picture. */
import type { Nodes, PhrasingContent, RootContent } from 'mdast';

export interface Text {
  /** The Markdown that positions point into. */
  readonly source: string;
  /** Addresses by the names of their references. */
  readonly definitions: ReadonlyMap<string, string>;
  readonly file: string;
}

export function definitionsOf(root: Nodes): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (node: Nodes): void => {
    if (node.type === 'definition') found.set(node.identifier, node.url);
    else if ('children' in node) for (const child of node.children) visit(child);
  };
  visit(root);
  return found;
}

/** The text of a node and of everything in it. */
export function plainText(node: Nodes): string {
  if ('value' in node) return node.value;
  if ('alt' in node) return node.alt ?? '';
  if (node.type === 'break') return ' ';
  return 'children' in node ? node.children.map((child) => plainText(child)).join('') : '';
}

/** Addresses of pages. One of a person's profile would show, and may call, the person. */
function isPage(url: string): boolean {
  if (/^mailto:[^\s@]+@[^\s@]+$/i.test(url)) return true;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return false;
  return !/\/(team|user_profile)\/[UW][A-Z0-9]{5,}/.test(decoded(url));
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

/**
 * Slack's own marks for people, groups and channels, and addresses of people, are parted by a joiner that nobody sees:
 * they call nobody, however Slack reads text.
 */
const text = (value: string): PhrasingContent[] =>
  value === ''
    ? []
    : [
        {
          type: 'text',
          value: value.replace(/<(?=[@!#])|\/(?:team|user_profile)\/(?=[UW][A-Z0-9])/g, '$&\u2060'),
        },
      ];

function linked(url: string | undefined, children: PhrasingContent[], words: string): PhrasingContent[] {
  const shown = children.length > 0 ? children : text(words);
  if (url === undefined || !isPage(url)) return shown;
  return [{ type: 'link', url, children: shown.length > 0 ? shown : text(url) }];
}

/** Empty when there is nothing to show. */
export function phrasing(nodes: readonly RootContent[], given: Text): PhrasingContent[] {
  return nodes.flatMap((node): PhrasingContent[] => {
    switch (node.type) {
      case 'text':
        return text(node.value);
      case 'inlineCode':
        return node.value.trim() === '' ? [] : [{ type: 'inlineCode', value: node.value }];
      case 'break':
        return [{ type: 'break' }];
      case 'emphasis':
      case 'strong':
      case 'delete': {
        const children = phrasing(node.children, given);
        return children.length === 0 ? [] : [{ type: node.type, children }];
      }
      case 'link':
        return linked(node.url, phrasing(node.children, given), node.url);
      case 'linkReference':
        return linked(
          given.definitions.get(node.identifier),
          phrasing(node.children, given),
          node.identifier,
        );
      case 'image':
        return linked(node.url, text(node.alt ?? ''), node.url);
      case 'imageReference':
        return linked(given.definitions.get(node.identifier), text(node.alt ?? ''), node.identifier);
      case 'html':
        return /^\s*<!--[\s\S]*-->\s*$/.test(node.value) ? [] : text(node.value);
      case 'definition':
        return [];
      default:
        return text(plainText(node));
    }
  });
}
