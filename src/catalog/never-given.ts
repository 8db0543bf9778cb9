/** Roles of the cluster that nobody is given in an incident: `access.never_give` of handrail.yaml. */

/** The entry that forbids this role; one that ends in `*` is the beginning of a name. Undefined: it may be given. */
export function neverGiven(role: string, forbidden: readonly string[] = []): string | undefined {
  return forbidden.find((one) => (one.endsWith('*') ? role.startsWith(one.slice(0, -1)) : role === one));
}
