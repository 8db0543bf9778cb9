/** Words in Slack's markup: nothing that a person or a system wrote can break it or ping anybody. */
import type { Person } from '../incidents/events.ts';
import { parseDuration, readableSeconds } from '../runbooks/duration.ts';
import { cut, cutMarked } from './fit.ts';

/** Text of others inside mrkdwn: entities escaped, so that `<!channel>` and `<@U1>` stay words. */
export function esc(text: string, most = 1000): string {
  return cut(text, most).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** On one line. */
export function line(text: string, most = 300): string {
  return esc(text.replace(/\s+/g, ' ').trim(), most);
}

/** A name of an object or a short value, as code. */
export function code(text: string, most = 300): string {
  const plain = line(text, most).replaceAll('`', "'");
  return plain === '' ? '(empty)' : `\`${plain}\``;
}

/** Commands or evidence as they are. Three backticks inside would end the block, so they are spaced out. */
export function codeBlock(text: string, most = 2700): string {
  const inside = text.replaceAll('```', '` ` `').replace(/\s+$/, '');
  return cutMarked(`\`\`\`${esc(inside, most)}\`\`\``, most + 250);
}

/** The Slack id of a person, when they were named by one. */
export function slackId(person: Pick<Person, 'id'> | undefined): string | undefined {
  return person?.id.startsWith('slack:') ? person.id.slice('slack:'.length) : undefined;
}

/** A mention that notifies. Only for who is needed. */
export function ping(person: Person): string {
  const id = slackId(person);
  return id && /^[UW][A-Z0-9]+$/.test(id) ? `<@${id}>` : who(person);
}

/** The name only: an edited or a listed message must not call anybody. */
export function who(person: Person): string {
  return line(person.name, 80);
}

/** An instant in each reader's own zone; `zone` is for those who cannot show it. `{ago}` keeps counting by itself. */
export function moment(at: number, zone: string, format = '{time}'): string {
  const words = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    dateStyle: 'medium',
    timeStyle: 'short',
    hourCycle: 'h23',
  }).format(at);
  return `<!date^${Math.floor(at / 1000)}^${format}|${esc(words)} ${zone}>`;
}

/** A link with words. */
export function link(url: string, words: string): string {
  const safe = url
    .replaceAll('>', '%3E')
    .replaceAll('<', '%3C')
    .replaceAll('|', '%7C')
    .replaceAll(' ', '%20');
  return `<${safe.replaceAll('&', '&amp;')}|${line(words, 150).replaceAll('|', '/')}>`;
}

/** Verdicts as people read them. */
export const verdictWords = {
  ok: ':white_check_mark: OK',
  warn: ':large_yellow_circle: Look at this',
  bad: ':red_circle: Bad',
  unknown: ':grey_question: Not known',
} as const;

/** How long something may stay that a plan leaves: what is to be gone by the close of the incident, or a length of time. */
export function stayWords(until: string | undefined): string {
  if (until === undefined) return 'stays until it is taken back';
  if (until === 'incident-close') return 'to be taken back before the incident is closed';
  const ms = parseDuration(until);
  return `may stay for ${ms === undefined ? line(until, 100) : readableSeconds(ms / 1000)}`;
}
