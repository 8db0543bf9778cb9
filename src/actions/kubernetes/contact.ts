/** Whom to ask when the cluster does not show something: a contact of the catalogue for the namespace. */
import type { Call } from '../action.ts';

/** "the platform team (#platform)"; "the cluster's administrators" when the catalogue names nobody. */
export function contactFor(call: Pick<Call, 'reach' | 'namespace'>): string {
  const contacts = call.reach.catalog.systems
    .filter((system) => system.namespace === call.namespace)
    .flatMap((system) => system.contacts);
  const first =
    contacts.find((one) => /platform|cluster|provider|hosting/i.test(`${one.name} ${one.what}`)) ??
    contacts[0];
  if (!first) return "the cluster's administrators";
  const where = first.channel ?? first.url ?? first.phone;
  return where ? `${first.name} (${where})` : first.name;
}
