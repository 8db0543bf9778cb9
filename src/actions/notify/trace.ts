/** Looks whether an escalation has arrived, where somebody can tell. */
import { z } from 'zod';
import type { Call } from '../action.ts';
import { alertByKey } from './messages.ts';
import { mustAccept, send } from './send.ts';
import type { Told } from './which-contact.ts';

export interface Trace {
  readonly found: 'yes' | 'no' | 'cannot tell';
  /** Somebody has said that they have seen it. Absent where nobody can tell. */
  readonly acknowledged?: boolean;
  readonly says: string;
}

const alert = z.object({
  data: z.object({ acknowledged: z.boolean().optional(), status: z.string().optional() }),
});

/** Throws ActionFailed when it cannot be asked now. */
export async function lookFor(
  call: Pick<Call, 'reach' | 'signal'>,
  { way, contact, where }: Told,
  key: string,
): Promise<Trace> {
  const { name } = contact;
  switch (way.by) {
    case 'slack': {
      const seen = await call.reach.slack?.find(way.channel, key);
      if (seen === undefined)
        return { found: 'cannot tell', says: `Slack does not tell here whether ${name} was told.` };
      return seen
        ? { found: 'yes', says: `The message to ${name} is in ${where}.` }
        : { found: 'no', says: `There is no such message in ${where}.` };
    }
    case 'opsgenie': {
      const answer = await send({ method: 'GET', ...alertByKey(way, key), signal: call.signal, whom: where });
      // It takes alerts in first and makes them a moment later: that there is none yet proves nothing.
      if (answer.status === 404) return { found: 'no', says: `${where} has no alert of this key (yet).` };
      mustAccept(where, answer);
      const acknowledged = alert.safeParse(answer.body).data?.data.acknowledged ?? false;
      const seen = acknowledged ? 'and somebody has acknowledged it' : 'and nobody has acknowledged it yet';
      return { found: 'yes', acknowledged, says: `${where} has the alert for ${name}, ${seen}.` };
    }
    case 'pagerduty':
      return {
        found: 'cannot tell',
        says: 'The key for sending events to PagerDuty does not let anybody look: look there.',
      };
    case 'webhook':
      return { found: 'cannot tell', says: `A webhook does not tell what became of a message: ask ${name}.` };
  }
}
