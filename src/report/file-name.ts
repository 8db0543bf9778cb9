/** Words of a title for the name of a report's file. */

/** Lower-case ASCII words of the title, at most 50 characters of whole words; empty when it has none. */
export function slug(title: string): string {
  const ascii = title
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  const words = ascii.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  if (words.length <= 50) return words;
  const last = words.lastIndexOf('-', 50);
  // One long word is cut inside.
  return words.slice(0, last > 25 ? last : 50).replace(/-+$/, '');
}

/** The parts that are there, with hyphens between them. */
export const fileNameOf = (...parts: readonly string[]): string =>
  `${parts.filter((part) => part !== '').join('-')}.md`;
