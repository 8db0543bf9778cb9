// Parameters as the product hands them to an action: parsed by the action's own schema.
import type { Action } from '../../../src/actions/action.ts';

export function parsedParams(action: Action, params: Record<string, unknown>): Record<string, unknown> {
  return action.params.parse(params);
}
