/** A plan as a person reads it before saying yes: what, where, how it is verified and taken back, what it leaves. */
import type { TryState } from '../../incidents/state.ts';
import { type Block, section } from '../blocks.ts';
import { code, codeBlock, esc, line, stayWords } from '../mrkdwn.ts';

/** The whole plan, for the message that asks. */
export function planBlocks(one: TryState): Block[] {
  const { planned } = one;
  if (!planned) return [];
  const { target, changes, notes, unknowns } = planned.plan;
  const fields =
    changes.length === 0
      ? ['(no field changes)']
      : changes
          .slice(0, 20)
          .map(
            (change) =>
              `• ${line(change.field, 100)}: ${code(change.before, 200)} → ${code(change.after, 200)}`,
          );
  const more = changes.length > 20 ? [`… and ${changes.length - 20} more`] : [];
  const leaves = planned.leaves.map((left) =>
    left.kind === 'nothing'
      ? `nothing: ${line(left.says, 250)}`
      : left.kind === 'temporary'
        ? `${line(left.says, 250)} (${stayWords(left.until)}${left.sensitivity ? `, ${left.sensitivity === 'access' ? 'access' : 'personal data'}` : ''})`
        : `${line(left.says, 250)} (permanent; becomes a follow-up)`,
  );
  const facts = [
    `*Verified by* ${planned.verify ? line(planned.verify.says, 300) : 'nothing: look yourself'}`,
    `*Undo* ${line(planned.undo, 300)}`,
    ...(planned.guard ? [`*Made only once* ${onceWords(planned.guard)}`] : []),
    ...(leaves.length > 0 ? [`*Leaves behind* ${leaves.slice(0, 5).join('; ')}`] : []),
  ];
  const says = [
    ...(planned.says ? [`:warning: ${esc(planned.says, 600)}`] : []),
    ...notes.slice(0, 5).map((note) => `:information_source: ${line(note, 300)}`),
    ...unknowns.slice(0, 5).map((unknown) => `:grey_question: Not known: ${line(unknown, 300)}`),
  ];
  return [
    section(
      `*Changes* ${line(target.kind, 60)} ${code(target.name, 200)} in ${code(target.namespace, 100)}\n${[...fields, ...more].join('\n')}`,
    ),
    ...(says.length > 0 ? [section(says.join('\n'))] : []),
    section(facts.join('\n')),
    ...byHandBlocks(planned.byHand),
  ];
}

/** The commands that a person would type instead. */
export function byHandBlocks(commands: readonly string[], words = 'By hand instead'): Block[] {
  if (commands.length === 0) return [];
  return [section(`*${words}*\n${codeBlock(commands.join('\n'), 2400)}`)];
}

/** What keeps a second change from happening: the first sentence of the action's guard. */
function onceWords(guard: string): string {
  if (guard === 'none')
    return ':warning: nothing in the target keeps it from being made twice. If its worker is lost, look before you try again.';
  return line(/^.*?[.:](?=\s|$)/.exec(guard)?.[0].replace(/:$/, '.') ?? guard, 300);
}
