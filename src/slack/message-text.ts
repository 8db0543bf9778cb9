/** Slack's stored text as people read it: names instead of ids, links and entities resolved. */

const tokens = /<([^<>]+)>/g;

/** Ids of the people that a text mentions, each once. */
export function mentioned(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g)].map(([, id]) => id as string))];
}

/** The plain words of a message or of a command's text. `nameOf` knows the people that `mentioned` named. */
export function plainText(text: string, nameOf: (user: string) => string): string {
  const words = text.replace(tokens, (_whole, inside: string) => {
    const bar = inside.indexOf('|');
    const target = bar < 0 ? inside : inside.slice(0, bar);
    const label = bar < 0 ? undefined : inside.slice(bar + 1);
    if (target.startsWith('@')) return `@${label || nameOf(target.slice(1))}`;
    if (target.startsWith('#')) return `#${label || target.slice(1)}`;
    if (target.startsWith('!subteam^')) return label || `@${target.slice('!subteam^'.length)}`;
    if (target.startsWith('!date^')) return label ?? '';
    if (target.startsWith('!')) return `@${label || target.slice(1)}`;
    if (label === undefined || label === target || `mailto:${label}` === target) return label ?? target;
    return `${label} (${target})`;
  });
  return words.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** As `plainText`, with names asked for. */
export async function readableText(text: string, name: (user: string) => Promise<string>): Promise<string> {
  const known = new Map(
    await Promise.all(mentioned(text).map(async (id): Promise<[string, string]> => [id, await name(id)])),
  );
  return plainText(text, (id) => known.get(id) ?? id);
}

/** The person at the beginning of a text: `<@U1|ann> rest`. */
export function leadingPerson(text: string): { user: string; name?: string; rest: string } | undefined {
  const found = /^\s*<@([UW][A-Z0-9]+)(?:\|([^<>]*))?>\s*/.exec(text);
  if (!found?.[1]) return undefined;
  return { user: found[1], ...(found[2] ? { name: found[2] } : {}), rest: text.slice(found[0].length) };
}
