/** What the checks that had been bad or had had no answer say once more, now that the service is said to be back. */
import type { EventOf } from '../../incidents/events.ts';
import type { Incident } from '../../incidents/state.ts';
import type { Verdict } from '../../runbooks/runbook.ts';
import { context, section } from '../blocks.ts';
import { fitBlocks } from '../fit.ts';
import { line, ping } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import { type Answered, isIn } from './repeated-fact.ts';
import type { Message } from './waiting.ts';

const marks = {
  ok: ':white_check_mark:',
  warn: ':large_yellow_circle:',
  bad: ':red_circle:',
  unknown: ':grey_question:',
} as const;
/** For notifications, which show no emoji codes. */
const signs = { ok: '✓', warn: '!', bad: '✗', unknown: '?' } as const;
const order: readonly Verdict[] = ['bad', 'unknown', 'warn', 'ok'];

/** Checks of one message; further ones are counted. */
const MOST = 12;

/** Undefined when a later resolve asks anew: that one has a message of its own. */
export function repeatedMessage(incident: Incident, event: EventOf<'check_repeated'>): Message | undefined {
  const round = incident.repeats.at(-1);
  if (!round || round.resolve !== event.body.resolve) return undefined;
  const checks = [...round.checks.values()]
    .filter(isIn)
    .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const shown = checks.slice(0, MOST);
  const bad = checks.filter(({ verdict }) => verdict === 'bad');
  const short = shown.map(
    (check) => `${signs[check.verdict]} ${line(check.title, 60)} (${beforeWords(check)})`,
  );
  return {
    text: `Checked again at resolve: ${short.join(' · ')}`,
    blocks: fitBlocks([
      section([`${drillMark(incident)}Checked again at resolve:`, ...shown.map(checkLine)].join('\n')),
      ...(checks.length > MOST ? [context(`… and ${checks.length - MOST} more, on the timeline.`)] : []),
      // Reopened since: who did that knows.
      ...(bad.length > 0 && incident.resolvedAt !== undefined
        ? [section(badWords(bad, ping(round.by)))]
        : []),
    ]),
  };
}

function beforeWords({ verdict, was }: Answered): string {
  return verdict === was ? `still ${was}` : `was ${was}`;
}

function checkLine(check: Answered): string {
  const says = check.says ? ` ${line(check.says, 200)}` : '';
  return `${marks[check.verdict]} *${line(check.title, 120)}*${says} (${beforeWords(check)})`;
}

function badWords(bad: readonly Answered[], whom: string): string {
  const still = bad.every(({ was }) => was === 'bad') ? 'still bad' : 'bad';
  const what = bad.length === 1 ? `one check is ${still}` : `${bad.length} checks are ${still}`;
  return `${whom} ${what}. If the service is not back: \`/incident reopen\` and why. If it is, leave it as it is; nothing waits for this.`;
}
