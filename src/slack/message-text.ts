/** Slack's stored text as people read it: names instead of ids, links and entities resolved. */

const tokens = /<([^<>]+)>/g;

/** Names by their Slack ids; undefined or the id itself when Slack does not say. */
export interface Names {
  name(user: string): Promise<string>;
  group?(usergroup: string): Promise<string | undefined>;
  channel?(channel: string): Promise<string | undefined>;
}

/** What stands in a text in place of an id that nobody can resolve. */
const somebody = 'somebody';
const someGroup = 'a group';
const someChannel = 'a channel';

/** Ids of one kind that a text mentions without their name, each once. */
function ids(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, id]) => id as string))];
}

/** Ids of the people that a text mentions, each once. */
function mentioned(text: string): readonly string[] {
  return ids(text, /<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g);
}

interface Known {
  readonly user: (id: string) => string;
  readonly group?: (id: string) => string | undefined;
  readonly channel?: (id: string) => string | undefined;
}

/** The plain words of a message or of a command's text, without any id. */
export function plainText(text: string, nameOf: ((user: string) => string) | Known): string {
  const known: Known = typeof nameOf === 'function' ? { user: nameOf } : nameOf;
  const words = text.replace(tokens, (_whole, inside: string) => {
    const bar = inside.indexOf('|');
    const target = bar < 0 ? inside : inside.slice(0, bar);
    const label = bar < 0 ? undefined : inside.slice(bar + 1);
    if (target.startsWith('@'))
      return `@${label || notId(known.user(target.slice(1)), target.slice(1), somebody)}`;
    if (target.startsWith('#')) {
      const id = target.slice(1);
      const name = label || known.channel?.(id);
      return name ? `#${name}` : someChannel;
    }
    if (target.startsWith('!subteam^')) {
      const id = target.slice('!subteam^'.length);
      const name = label || known.group?.(id);
      return name ? `@${name.replace(/^@/, '')}` : someGroup;
    }
    if (target.startsWith('!date^')) return label ?? '';
    if (target.startsWith('!')) return `@${label || target.slice(1)}`;
    if (label === undefined || label === target || `mailto:${label}` === target) return label ?? target;
    return `${label} (${target})`;
  });
  return words.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

const notId = (name: string, id: string, otherwise: string): string => (name === id ? otherwise : name);

/** As `plainText`, with the names of people, groups and channels asked for. */
export async function readableText(text: string, names: Names): Promise<string> {
  const all = async (
    found: readonly string[],
    ask: (id: string) => Promise<string | undefined>,
  ): Promise<Map<string, string | undefined>> =>
    new Map(await Promise.all(found.map(async (id) => [id, await ask(id)] as const)));
  const [users, groups, channels] = await Promise.all([
    all(mentioned(text), (id) => names.name(id)),
    all(ids(text, /<!subteam\^([A-Z0-9]+)>/g), async (id) => names.group?.(id)),
    all(ids(text, /<#([CGD][A-Z0-9]+)\|?>/g), async (id) => names.channel?.(id)),
  ]);
  return plainText(text, {
    user: (id) => users.get(id) ?? id,
    group: (id) => groups.get(id),
    channel: (id) => channels.get(id),
  });
}

/** The person at the beginning of a text: `<@U1|ann> rest`. */
export function leadingPerson(text: string): { user: string; name?: string; rest: string } | undefined {
  const found = /^\s*<@([UW][A-Z0-9]+)(?:\|([^<>]*))?>\s*/.exec(text);
  if (!found?.[1]) return undefined;
  return { user: found[1], ...(found[2] ? { name: found[2] } : {}), rest: text.slice(found[0].length) };
}
