/** What was said to others while it lasted, what is asked afterwards, and what the review was told. */
import type { RootContent } from 'mdast';
import { clause, sentence } from '../../../incidents/sentence.ts';
import { rules } from '../../lint/rules.ts';
import type { ReportModel } from '../../model.ts';
import { type Item, list, question, tree } from '../../nodes.ts';
import type { Times } from '../../times.ts';

/** Each with its date, since an update may come days later. Empty when none was posted. */
export function updates(report: ReportModel, times: Times): RootContent[] {
  if (report.updates.length === 0) return [];
  const items = report.updates.map(({ at, text, by, next }): Item => {
    const promised = next === undefined ? '' : `; the next one was promised for ${times.clockNear(next, at)}`;
    return [`${times.date(at)} ${times.clock(at)} ${sentence(text)} (${by}${promised})`];
  });
  return [list(items)];
}

/** Empty when nobody handed anything over. */
export function handovers(report: ReportModel, times: Times): RootContent[] {
  if (report.handovers.length === 0) return [];
  const items = report.handovers.map(({ at, role, from, to, says }): Item => {
    const when = times.clockNear(at, report.moments.start);
    const who = from === undefined ? `${role} to ${to}` : `${role} from ${from} to ${to}`;
    return [`${when} ${who}: ${sentence(says)}`];
  });
  return [list(items)];
}

/** Each question with the facts that it is about under it. Empty when the record holds no fact to ask about. */
export function retrospective(report: ReportModel, times: Times): RootContent[] {
  if (report.retrospective.length === 0) return [];
  const near = (at: number | undefined): string =>
    at === undefined ? '' : `${times.clockNear(at, report.moments.start)} `;
  const branches = report.retrospective.map(({ facts, question: asked }) => ({
    pieces: [question(asked)],
    under: facts.map(({ at, text }) => ({ pieces: [`${near(at)}${sentence(text)}`], under: [] })),
  }));
  return [tree(branches)];
}

/** The rule and the reason. Not the words that it was about: they may hold a name that the report replaces. */
export function waived(report: ReportModel, times: Times): RootContent[] {
  if (report.waived.length === 0) return [];
  const items = report.waived.map(({ code, reason, by, at }): Item => {
    const rule = rules.find((one) => one.code === code);
    const what = rule ? `${code} (${rule.title})` : code;
    return [`${what}: ${clause(reason)}, said ${by} on ${times.date(at)}.`];
  });
  return [list(items)];
}
