/** A plan that waits: for a click, for a typed phrase, or for somebody else's approval. */
import type { TryState } from '../../incidents/state.ts';
import { type Block, type Button, button, section } from '../blocks.ts';
import type { Callable } from '../door.ts';
import { cut } from '../fit.ts';
import { esc, line, moment, ping } from '../mrkdwn.ts';
import { planBlocks } from './plan.ts';
import type { Waiting } from './waiting.ts';

export function confirmBlocks({ incident, run, one, at, event }: Waiting): {
  text: string;
  blocks: Block[];
  buttons: Button[];
} {
  const { planned } = one;
  const hash = planned?.hash ?? '';
  const value = { incident: incident.number, at, hash };
  const step = { incident: incident.number, at };
  const from = planned?.from.map((group) => line(group.replace(/^group:/, ''), 60)).join(', ');
  const ask =
    planned?.level === 'two-person'
      ? `${ping(run.startedBy)} read the plan. It needs a second person${from ? ` of ${from}` : ''}.`
      : `${ping(run.startedBy)} read the plan, then confirm.`;
  const lapsed =
    event.type === 'approval_lapsed' ? [section(`:hourglass: ${esc(event.body.says, 800)}`)] : [];
  const main: Button =
    planned?.level === 'two-person'
      ? button('ask-approval', 'Ask for approval', value, { style: 'primary' })
      : planned?.level === 'type'
        ? button('open-phrase', 'Confirm by typing', { ...value, ...phraseOf(one) }, { style: 'danger' })
        : button('confirm', 'Confirm', value, { style: 'primary' });
  return {
    text: 'the plan is ready',
    blocks: [...lapsed, section(ask), ...planBlocks(one)],
    buttons: [
      main,
      button('plan-again', 'Plan again', step),
      ...(one.undoes === undefined
        ? [button('by-hand', 'Done by hand', step), button('open-skip', 'Skip', step)]
        : [button('open-skip', 'Leave it as it is', step)]),
    ],
  };
}

/** Short and on one line: a button holds 2,000 characters, escaped. */
function phraseOf({ planned }: TryState): { phrase: string; says: string } {
  const short = (text: string): string => cut(text.replace(/[\s\p{C}]+/gu, ' ').trim(), 250);
  const { kind = '', name = '', namespace = '' } = planned?.plan.target ?? {};
  return { phrase: short(planned?.phrase ?? name), says: short(`${kind} ${name} in ${namespace}`) };
}

/** Mentions everybody who may approve; the requester's way out when nobody answers. */
export function approvalBlocks({ incident, one, at, approvers }: Waiting): {
  text: string;
  blocks: Block[];
  buttons: Button[];
} {
  const { requested, planned } = one;
  const { zone } = incident.declared;
  const value = { incident: incident.number, at, hash: planned?.hash ?? '' };
  const by = requested?.by;
  const alone = requested?.aloneAllowed === true;
  const others = calls(approvers, by?.id);
  const asks = alone
    ? `:busts_in_silhouette: ${by ? ping(by) : ''} nobody has answered, or nobody else can. You may go alone with a typed reason; that is told to the others and noted.`
    : `:busts_in_silhouette: ${others || 'Somebody who may approve'}: ${by ? line(by.name, 80) : 'somebody'} asks for your approval. Read the plan.`;
  const until = requested ? `Open until ${moment(requested.expiresAt, zone)}.` : '';
  return {
    text: alone ? 'may go alone' : 'approval is asked for',
    blocks: [section(`${asks} ${until}`), ...planBlocks(one)],
    buttons: [
      button('approve', 'Approve', value, { style: 'primary' }),
      ...(alone ? [button('open-alone', 'Go alone', value, { style: 'danger' })] : []),
      button('by-hand', 'Done by hand', { incident: incident.number, at }),
      button('open-skip', 'Skip', { incident: incident.number, at }),
    ],
  };
}

/** Mentions of who can be called, other than this person. */
export function calls({ users, usergroups }: Callable, except: string | undefined): string {
  const people = users.filter((user) => `slack:${user}` !== except && /^[UW][A-Z0-9]+$/.test(user));
  const groups = usergroups.filter((group) => /^S[A-Z0-9]+$/.test(group));
  return [
    ...people.slice(0, 10).map((user) => `<@${user}>`),
    ...groups.slice(0, 5).map((group) => `<!subteam^${group}>`),
  ].join(' ');
}
