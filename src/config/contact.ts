/** A contact in handrail.yaml, and how it is told by machine. */
import { z } from 'zod';
import type { Escalate } from '../catalog/catalog.ts';
import { channel, only, text, url, variable } from './fields.ts';
import { says } from './words.ts';

/** The address of a service of somebody else's: only where it is, without a path. */
const origin = url.transform((value) => new URL(value).origin);

const mention = z
  .string()
  .regex(
    /^[UWS][A-Z0-9]{5,}$/,
    says(
      'is no id of a person or a user group',
      'copy it from their profile in Slack: U0123456789, S0123456789',
    ),
  );

const escalation = z
  .discriminatedUnion('by', [
    only({ by: z.literal('slack'), mention: mention.optional() }),
    only({ by: z.literal('webhook'), url_from: variable }),
    only({ by: z.literal('pagerduty'), key_from: variable, url: origin.optional() }),
    only({ by: z.literal('opsgenie'), key_from: variable, url: origin.optional() }),
  ])
  .transform((value): Escalate => {
    switch (value.by) {
      case 'slack':
        return value;
      case 'webhook':
        return { by: value.by, urlFrom: value.url_from };
      case 'pagerduty':
      case 'opsgenie':
        return { by: value.by, keyFrom: value.key_from, ...(value.url ? { url: value.url } : {}) };
    }
  });

export const contact = only({
  name: text,
  what: text,
  channel: channel.optional(),
  url: url.optional(),
  phone: text.optional(),
  escalate: escalation.optional(),
}).refine(
  ({ escalate, channel: named }) =>
    escalate?.by !== 'slack' || named !== undefined || /^[UW]/.test(escalate.mention ?? ''),
  says('is to be told by Slack, and nothing says where', 'add channel:, or mention: with the id of a person'),
);
