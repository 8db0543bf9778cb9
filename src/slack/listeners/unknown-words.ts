/** What somebody is told who typed a word that a sub-command does not know: the nearest, and the possible ones. */
import { nearest } from '../../catalog/nearest.ts';
import type { Listed } from '../door.ts';
import { line } from '../mrkdwn.ts';
import { roles } from '../views/modals/write.ts';

/** Typed words inside a sentence, on one line. */
const typed = (words: string): string => line(words, 80).replaceAll('`', "'");

/** `listed` in the order in which it is offered. */
export function noRunbook(wanted: string, listed: readonly Listed[]): string {
  const broken = listed.find((one) => one.id === wanted.toLowerCase() && !one.runbook);
  if (broken)
    return `Not done: the runbook ${typed(broken.id)} does not load: ${line(broken.broken ?? '', 300)}. All others: \`/incident run\`.`;
  const ids = listed.flatMap((one) => (one.runbook ? [one.id] : []));
  const near = nearest(wanted, ids);
  const word = wanted.toLowerCase();
  const alike = listed.filter(
    ({ id, title, runbook }) => runbook && (id.includes(word) || title.toLowerCase().includes(word)),
  );
  const found = [...new Set([...(near ? [near] : []), ...alike.map(({ id }) => id)])];
  const some = (found.length > 0 ? found : ids).slice(0, 3).map((id) => `\`/incident run ${typed(id)}\``);
  const nearby = some.length === 0 ? '' : ` Nearest: ${some.join(', ')}.`;
  return `There is no runbook ${typed(wanted)}.${nearby} All of them: \`/incident run\`.`;
}

const instead: Readonly<Record<string, string | undefined>> = {
  resolved: 'When the service is back: `/incident resolve`.',
  closed: 'When nothing is left to do: `/incident close`.',
  open: 'To open it again: `/incident reopen` and why.',
};

export function noStatus(wanted: string, statuses: readonly string[]): string {
  const [word = ''] = wanted.toLowerCase().split(/\s+/);
  const other = instead[word];
  if (other) return `Not done: ${other}`;
  const near = nearest(wanted, statuses);
  const all = statuses.map((one) => `\`${one}\``).join(', ');
  const meant = near ? ` Did you mean \`/incident status ${near}\`?` : '';
  return `Not done: There is no status ${typed(wanted)}.${meant} Possible: ${all}, with a time if you like: \`/incident status fixing at 10:24\`.`;
}

export function noSeverity(wanted: string, severities: readonly string[]): string {
  const all = severities.map((one) => `\`${one}\``).join(', ');
  const sorry = wanted === '' ? '' : `Not done: There is no severity ${typed(wanted)}. `;
  return `${sorry}Write one of ${all}: \`/incident severity SEV2 more people are affected\`.`;
}

/** A misspelt role; any other word is a role of its own. */
export function misspeltRole(role: string): string | undefined {
  if ((roles as readonly string[]).includes(role)) return undefined;
  const near = nearest(role, roles);
  return near === undefined
    ? undefined
    : `Not done: There is no role ${typed(role)}. Did you mean \`/incident role ${near} @somebody\`?`;
}

/** Undefined when nothing was typed behind a sub-command that takes nothing. */
export function takesNoWords(command: string, argument: string): string | undefined {
  if (argument === '') return undefined;
  const keep = command === 'close' ? ` To keep them: \`/incident note ${typed(argument)}\`.` : '';
  return `Not done: \`/incident ${command}\` takes no words, and “${typed(argument)}” stood behind it.${keep} Then type \`/incident ${command}\` alone.`;
}
