/** Looks through the tags of a repository in its registry. */
import { ActionFailed, type Call } from '../action.ts';
import { RegistryRefused, troubleInWords } from './answers.ts';
import { about, type Candidate, type Searched } from './candidate.ts';
import { lookAt } from './look.ts';
import { loginWords, withLogins } from './pull.ts';
import { type ImageReference, written } from './reference.ts';
import type { Registry } from './registry.ts';
import type { Subject } from './subject.ts';

/** Tags named at most; a repository with more says so. */
const MOST_TAGS = 5000;

/** @throws ActionFailed when the registry does not even list the tags */
export async function searchRegistry(
  call: Pick<Call, 'signal' | 'seen' | 'now'>,
  subject: Subject,
  most: number,
  unknowns: string[],
): Promise<Searched> {
  const { reference } = subject;
  const searched = await withLogins(call, subject, async (registry) => {
    const { tags, more } = await registry.tags(MOST_TAGS);
    if (more) unknowns.push(`only the first ${MOST_TAGS} tags were listed`);
    return { tags: tags.length, ...(await lookThrough(registry, reference, likely(tags, most), call.now())) };
  });
  if ('trouble' in searched) {
    const words = troubleInWords(searched.trouble, written(reference, {}), reference.registry);
    throw new ActionFailed(words);
  }
  const { tags, found, hollow, stopped } = searched.found;
  const lookedAt = found.length + hollow.length;
  if (stopped !== undefined) unknowns.push(stopped);
  if (lookedAt < tags) unknowns.push(`${tags - lookedAt} of ${tags} tags were not looked at`);
  return { found, hollow, tags, lookedAt, askedWith: loginWords(searched.login) };
}

/** A registry that asks to wait, or no longer answers, ends the search: what was found until then stands. */
async function lookThrough(
  registry: Registry,
  { registry: host, repository }: ImageReference,
  tags: readonly string[],
  now: Date,
): Promise<{ found: Candidate[]; hollow: string[]; stopped?: string }> {
  const found: Candidate[] = [];
  const hollow: string[] = [];
  for (const tag of tags) {
    const reference = { registry: host, repository, tag };
    try {
      const image = await lookAt(registry, reference);
      const pinned = written(reference, { digest: image.digest });
      found.push({ name: written(reference), tag, pinned, ...about(image, now) });
    } catch (error) {
      if (!(error instanceof RegistryRefused)) throw error;
      const { kind } = error.trouble;
      if (kind === 'hollow' || kind === 'absent tag') hollow.push(tag);
      else if (kind === 'asked to wait' || kind === 'no answer') {
        return { found, hollow, stopped: troubleInWords(error.trouble, written(reference), host) };
      } else throw error;
    }
  }
  return { found, hollow };
}

/**
 * A registry does not say which tag is the newest. `latest` and what ends in it are looked at first, then versions from
 * the highest down, then the rest from the end of the alphabet.
 */
export function likely(tags: readonly string[], most: number): string[] {
  const rank = (tag: string) => (/(?:^|-)latest$/.test(tag) ? 0 : /^v?\d/.test(tag) ? 1 : 2);
  const newer = new Intl.Collator('en', { numeric: true });
  return [...tags].sort((a, b) => rank(a) - rank(b) || newer.compare(b, a)).slice(0, most);
}
