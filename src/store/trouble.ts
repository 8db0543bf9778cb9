/** Whether an error is the database's own state (away, full, read-only, starting), or something that will never go in. */

/** Connection, authorisation, read-only or rolled back transaction, resources, state, intervention, system, internal. */
const CLASSES = new Set(['08', '25', '28', '40', '53', '55', '57', '58', 'XX']);
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** The server's answer, as far as it gave one (PostgreSQL documentation, appendix A). */
export function sqlState(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && SQLSTATE.test(code) ? code : undefined;
}

/** True when the same statement may go in later. */
export function isTrouble(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return CLASSES.has(state.slice(0, 2));
  return fromDriver(error);
}

/** True when nobody knows whether the server took the statement: the connection broke or was too slow. */
export function fromDriver(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return true;
  return typeof message === 'string' && /connection|timeout|terminated|not queryable/i.test(message);
}
