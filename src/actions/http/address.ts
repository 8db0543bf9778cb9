/** What is asked: an address of the catalogue, or one that stands in the runbook's file. */
import { z } from 'zod';
import { ActionFailed, type Call } from '../action.ts';

/** http or https, without a login in it. */
const url = z
  .string()
  .max(2000)
  .refine((text) => {
    const parsed = URL.parse(text);
    return parsed !== null && /^https?:$/.test(parsed.protocol) && !/\s/.test(text);
  }, 'is no address that begins with http:// or https://')
  .refine((text) => {
    const parsed = URL.parse(text);
    return !parsed?.username && !parsed?.password;
  }, 'holds a login, which does not belong there');

export const addressParams = {
  /** Name of one of `addresses:` of a system in handrail.yaml. */
  address: z.string().min(1).max(100).optional(),
  /** Id of the system whose address is meant; without it a system in the incident's namespace. */
  system: z.string().min(1).max(100).optional(),
  /** In place of `address`. */
  url: url.optional(),
  /** In place of the path that the address has. */
  path: z
    .string()
    .max(1000)
    .regex(/^\/(?![/\\])[^\s\\]*$/, 'begins with one / and has no space in it')
    .optional(),
};
const shape = z.object(addressParams);
export type AddressParams = z.output<typeof shape>;

/**
 * These stand in the runbook's file as they are (RB119): what somebody types in Slack never becomes an address that is
 * asked from inside the network.
 */
export const WRITTEN = ['url', 'path'] as const;

/** Throws ActionFailed in words when nothing, or more than one thing, is meant. */
export function addressOf(call: Pick<Call<AddressParams>, 'params' | 'namespace' | 'reach'>): URL {
  const { params } = call;
  const base = new URL(params.url ?? catalogued(call));
  if (params.path === undefined) return base;
  const whole = new URL(params.path, base.origin);
  if (whole.origin !== base.origin) throw new ActionFailed(`${params.path} leads to another host.`);
  return whole;
}

function catalogued(call: Pick<Call<AddressParams>, 'params' | 'namespace' | 'reach'>): string {
  const { address, system } = call.params;
  if (address === undefined) {
    throw new ActionFailed('Name an address of the catalogue (address:), or write a url: in the runbook.');
  }
  const systems = call.reach.catalog.systems.filter(({ id, namespace }) =>
    system === undefined ? namespace === call.namespace : id === system,
  );
  const where = system === undefined ? `a system in ${call.namespace}` : `the system ${system}`;
  const known = systems.flatMap(({ addresses = [] }) => addresses);
  const found = new Set(known.filter(({ name }) => name === address).map((one) => one.url));
  const [first, second] = found;
  if (first === undefined) {
    const names = [...new Set(known.map(({ name }) => name))].join(', ');
    const has = names === '' ? 'It has none.' : `It has ${names}.`;
    throw new ActionFailed(
      `handrail.yaml names no address ${address} for ${where}. ${has} Add it under addresses: of the system.`,
    );
  }
  if (second !== undefined) {
    throw new ActionFailed(
      `Several systems in ${call.namespace} have an address ${address}: name the system.`,
    );
  }
  return first;
}

/** For people: without what follows the path, where tokens often are. */
export function shown(address: URL): string {
  return `${address.origin}${address.pathname}`;
}
