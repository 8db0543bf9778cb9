/** A plan that waits: for a click, for a typed phrase, or for somebody else's approval. */
import { approvalFor } from '../../incidents/decide/covered.ts';
import type { TryState } from '../../incidents/state.ts';
import { type Block, type Button, button, section } from '../blocks.ts';
import type { Callable } from '../door.ts';
import { cut } from '../fit.ts';
import { code, esc, line, moment, ping } from '../mrkdwn.ts';
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
  const covering = approvalFor(run, at.step, one);
  const ask = covering?.requested
    ? `${ping(covering.requested.by)} ${line(covering.approvedBy?.name ?? '', 80)} approved this one as well, until ${moment(covering.requested.expiresAt, incident.declared.zone)}: read the plan, then confirm with one click. After that it needs an approval of its own.`
    : planned?.level === 'two-person'
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
      ...(covering ? [button('confirm', 'Confirm', value, { style: 'primary' })] : []),
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
    blocks: [section(`${asks} ${until}${coversWords(one)}`), ...planBlocks(one)],
    buttons: [
      button('approve', 'Approve', value, { style: 'primary' }),
      ...(alone ? [button('open-alone', 'Go alone', value, { style: 'danger' })] : []),
      button('by-hand', 'Done by hand', { incident: incident.number, at }),
      button('open-skip', 'Skip', { incident: incident.number, at }),
    ],
  };
}

/** What else the approval is for. */
function coversWords({ planned, requested }: TryState): string {
  const others = (planned?.covers ?? []).filter((name) => name !== planned?.plan.target.name);
  if (others.length === 0) return '';
  const names = others.slice(0, 20).map((name) => code(name, 100));
  const more = others.length > 20 ? ` and ${others.length - 20} more` : '';
  const who = requested ? line(requested.by.name, 80) : 'who asked';
  return `\n:clipboard: Your approval is also for ${names.join(', ')}${more}, in this run and until then: the same change, each with a plan of its own that ${who} confirms with one click.`;
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
