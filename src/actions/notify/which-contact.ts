/** Finds a contact of the catalogue and the way by which it is told. */
import type { Contact } from '../../catalog/catalog.ts';
import { contactsOf } from '../../catalog/systems.ts';
import { ActionFailed, type Call } from '../action.ts';

/** How a contact is told, with the secret that it takes. */
export type Way =
  | { readonly by: 'slack'; readonly channel: string; readonly mention?: string }
  | { readonly by: 'webhook'; readonly url: URL }
  | { readonly by: 'pagerduty' | 'opsgenie'; readonly url: URL; readonly key: string };

export interface Told {
  readonly contact: Contact;
  readonly way: Way;
  /** For people: "PagerDuty (events.pagerduty.com)". Never an address that is itself a secret. */
  readonly where: string;
}

const SERVICES = {
  pagerduty: { title: 'PagerDuty', url: 'https://events.pagerduty.com' },
  opsgenie: { title: 'Opsgenie', url: 'https://api.opsgenie.com' },
} as const;

type Asked = Pick<Call, 'namespace' | 'reach' | 'seen'>;

/** Throws ActionFailed, with what to do, when nobody of that name can be told. */
export function toldBy(call: Asked, name: string): Told {
  const contact = contactNamed(call, name);
  const { escalate, channel } = contact;
  if (escalate === undefined) {
    if (channel === undefined) {
      const instead = contact.phone ?? contact.url;
      throw nobody(
        `handrail.yaml does not say how ${name} is told${instead ? `: try ${instead}` : ''}. Add escalate: or channel: to the contact.`,
      );
    }
    return { contact, way: { by: 'slack', channel }, where: `Slack, #${channel}` };
  }
  switch (escalate.by) {
    case 'slack': {
      const { mention } = escalate;
      const to = channel ?? mention;
      if (to === undefined) throw nobody(`handrail.yaml names neither channel: nor mention: for ${name}.`);
      const where = `Slack, ${channel === undefined ? to : `#${channel}`}${channel && mention ? `, calling ${mention}` : ''}`;
      return {
        contact,
        way: { by: 'slack', channel: to, ...(channel && mention ? { mention } : {}) },
        where,
      };
    }
    case 'webhook': {
      const url = URL.parse(secretOf(call, escalate.urlFrom));
      if (!url || !/^https?:$/.test(url.protocol)) {
        throw nobody(`${escalate.urlFrom} holds no address that begins with https://.`);
      }
      return { contact, way: { by: 'webhook', url }, where: `a webhook (${escalate.urlFrom})` };
    }
    case 'pagerduty':
    case 'opsgenie': {
      const { by } = escalate;
      const url = new URL(escalate.url ?? SERVICES[by].url);
      const key = secretOf(call, escalate.keyFrom);
      return { contact, way: { by, url, key }, where: `${SERVICES[by].title} (${url.host})` };
    }
  }
}

function contactNamed({ namespace, reach }: Asked, name: string): Contact {
  const { catalog } = reach;
  const here = catalog.systems.filter((system) => system.namespace === namespace);
  const all = here.flatMap(({ id }) => contactsOf(catalog, id));
  const same = all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  const [first] = same;
  if (first === undefined) {
    const names = [...new Set(all.map((one) => one.name))].join(', ') || 'nobody';
    throw nobody(`handrail.yaml has no contact ${name} for the systems in ${namespace}. It has: ${names}.`);
  }
  if (same.some((one) => JSON.stringify(one) !== JSON.stringify(first))) {
    throw nobody(
      `Several contacts of the systems in ${namespace} are named ${name}. Give them different names.`,
    );
  }
  return first;
}

/** Both the key and the address of a webhook open the door to whoever has them. */
function secretOf({ reach, seen }: Asked, variable: string): string {
  const value = reach.secret(variable);
  if (value === undefined || value === '') {
    throw nobody(`${variable} is not set here: give this Handrail that variable, then try again.`);
  }
  seen?.secret(value);
  return value;
}

function nobody(says: string): ActionFailed {
  return new ActionFailed(says, { nothingHappened: true });
}
