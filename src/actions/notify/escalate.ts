/** `notify.escalate`: tells a contact of the catalogue, once: in Slack, by a webhook, by PagerDuty or Opsgenie. */
import { z } from 'zod';
import type { Call, ChangingCall, Happened } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { word } from '../kubernetes/by-hand.ts';
import { redact } from '../redact.ts';
import { type Escalation, messageTo, SEVERITIES } from './messages.ts';
import { mustAccept, send } from './send.ts';
import { lookFor } from './trace.ts';
import { type Told, toldBy } from './which-contact.ts';

const params = z.object({
  /** Name of a contact of the systems in the incident's namespace, or of what they depend on. */
  contact: z.string().min(1).max(200),
  text: z.string().trim().min(1).max(900),
  severity: z.enum(SEVERITIES).default('critical'),
});
type Params = z.output<typeof params>;

const planValues = z.object({
  contact: z.string(),
  by: z.enum(['slack', 'webhook', 'pagerduty', 'opsgenie']),
  /** The exact words that leave. */
  text: z.string(),
  /** Names this try at the receiver: PagerDuty's dedup_key, Opsgenie's alias, a webhook's Idempotency-Key. */
  key: z.string(),
});

export const escalate = changing({
  name: 'notify.escalate',
  version: 1,
  params,
  output: z.object({ contact: z.string(), by: planValues.shape.by, key: z.string(), says: z.string() }),
  planValues,
  capturesBefore: false,
  rights: { kubernetes: [], postgres: [] },
  // PagerDuty and Opsgenie make no second alert of one key; a chat and a webhook have no such check.
  guard: 'none',
  byHand: (p) => [
    `# Tell ${word(p.contact, '<contact>')} yourself: handrail.yaml has their phone, channel or address`,
    `# Say: ${word(p.text, '<text>')}`,
  ],

  async plan(call) {
    const told = toldBy(call, call.params.contact);
    const { contact, way, where } = told;
    if (way.by === 'slack') mustHaveSlack(call);
    const { severity } = call.params;
    const text = textOf(call);
    const notes = [
      'It cannot be taken back: people are called.',
      ...(contact.phone ? [`If nobody answers: ${contact.phone}.`] : []),
      ...(way.by === 'webhook' ? ['What the receiver does with it is not known here.'] : []),
    ];
    return {
      target: { kind: 'Contact', namespace: call.namespace, name: contact.name },
      changes: [
        { field: 'told', before: 'nobody', after: `${contact.name} (${contact.what}) by ${where}` },
        { field: 'severity', before: 'none', after: severity },
        { field: 'text', before: 'none', after: text },
      ],
      values: { contact: contact.name, by: way.by, text, key: call.operation },
      notes,
      unknowns: ['whether somebody reads it'],
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const told = toldBy(call, call.params.contact);
    if (told.way.by !== values.by || told.contact.name !== values.contact) {
      throw new ActionFailed('handrail.yaml names another way to this contact now. Look at it again.', {
        nothingHappened: true,
        planChanged: true,
      });
    }
    if (!(await call.stillOurs())) {
      throw new ActionFailed('Another worker has taken this step over; nobody was told by this one.', {
        nothingHappened: true,
      });
    }
    const { contact, text, key } = values;
    const says = await tell(call, told, { contact, text, key, severity: call.params.severity });
    return { contact, by: values.by, key, says };
  },

  async happened(call): Promise<Happened> {
    const { key } = planValues.parse(call.plan.values);
    try {
      const told = toldBy(call, call.params.contact);
      const { found } = await lookFor(call, told, key);
      if (found === 'yes') return 'made';
      // Only Slack shows a message as soon as it has taken it.
      return found === 'no' && told.way.by === 'slack' ? 'not made' : 'cannot tell';
    } catch (error) {
      if (error instanceof ActionFailed) return 'cannot tell';
      throw error;
    }
  },
});

/** Redacted before it is shown: what people confirm is what leaves, word for word. */
function textOf(call: Pick<Call<Params>, 'params' | 'incident'>): string {
  return redact(`INC-${call.incident}: ${call.params.text}`);
}

function mustHaveSlack({ reach }: Pick<Call, 'reach'>): NonNullable<Call['reach']['slack']> {
  if (reach.slack) return reach.slack;
  throw new ActionFailed(
    'Slack is not connected here: this contact is told from the bot, not from a terminal.',
    {
      nothingHappened: true,
    },
  );
}

/** Throws ActionFailed; with `nothingHappened` when it is proved that nobody was told. */
async function tell(call: ChangingCall<Params>, { way, where }: Told, about: Escalation): Promise<string> {
  if (way.by !== 'slack') {
    const message = messageTo(way, about, call);
    mustAccept(where, await send({ method: 'POST', ...message, signal: call.signal, whom: where }));
    return `${where} took the message for ${about.contact}.`;
  }
  const { channel, mention } = way;
  const posted = await mustHaveSlack(call).post({
    channel,
    text: about.text,
    key: about.key,
    ...(mention ? { mention } : {}),
  });
  if (posted.ok) return `${about.contact} was told in ${where}.`;
  throw new ActionFailed(
    `${posted.says} (${where}).${posted.never ? ' Nobody was told.' : ' It may be there: look.'}`,
    {
      nothingHappened: posted.never,
    },
  );
}
