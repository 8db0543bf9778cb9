/** What people work on, in words; the list of it with its buttons. */
import type { Target, TargetName } from '../../incidents/events.ts';
import { sameTarget } from '../../incidents/same-target.ts';
import type { Incident } from '../../incidents/state.ts';
import { actions, type Block, type Button, button, context, section } from '../blocks.ts';
import { fitBlocks } from '../fit.ts';
import { code, line, moment, who } from '../mrkdwn.ts';

export function targetWords({ kind, name, namespace }: TargetName): string {
  return `${line(kind, 60)} ${code(name, 200)} in ${code(namespace, 100)}`;
}

/** What a button holds of a target: its words on one line and short. */
export function targetValue(incident: number, { namespace, kind, name, says }: Target) {
  const short = says.replace(/[\s\p{C}]+/gu, ' ').slice(0, 300);
  return { incident, target: { namespace, kind, name, says: short } };
}

/** One click confirms; when something is confirmed already, as well as it or instead of it. `n`: more in one message. */
export function confirmTargetButtons(incident: Incident, target: Target, n = 0): Button[] {
  const value = targetValue(incident.number, target);
  const { targets } = incident;
  if (targets.length === 0)
    return [
      n === 0
        ? button('confirm-target', 'Yes, this is the target', value, { style: 'primary' })
        : button('confirm-target', `Confirm ${target.name}`, value, { n }),
    ];
  return [
    button('confirm-target', 'Confirm as well', { ...value, as: 'also' }, { n: 2 * n }),
    button('confirm-target', 'Confirm instead', { ...value, as: 'instead' }, { n: 2 * n + 1 }),
  ];
}

const MOST = 10;

/** Confirmed ones with who and when, each of which can be taken off; proposed ones, each of which can be confirmed. */
export function targetList(incident: Incident): Block[] {
  const { targets, proposals, declared, number } = incident;
  const open = proposals.filter((one) => !targets.some(({ target }) => sameTarget(target, one)));
  const confirmed = targets
    .slice(0, MOST)
    .flatMap(({ target, by, at }, n): Block[] => [
      section(`:dart: ${targetWords(target)}, confirmed by ${who(by)} ${moment(at, declared.zone)}`),
      ...actions(
        [button('drop-target', `Not the target: ${target.name}`, targetValue(number, target), { n })],
        `target:${n}`,
      ),
    ]);
  const proposed = open
    .slice(-MOST)
    .flatMap((target, n): Block[] => [
      section(`Proposed, not confirmed: ${targetWords(target)}. ${line(target.says, 300)}`),
      ...actions(confirmTargetButtons(incident, target, n + 1), `proposed:${n}`),
    ]);
  return fitBlocks([
    ...(targets.length === 0 ? [section('No target is confirmed.')] : []),
    ...confirmed,
    ...proposed,
    ...(targets.length + open.length === 0
      ? [context('A check that traces the database proposes one: `/incident run check-patroni`.')]
      : []),
  ]);
}
