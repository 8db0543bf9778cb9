/** The register: every action that a runbook can name. A new family is one more line here. */
import type { Register } from '../runbooks/signature.ts';
import type { Action } from './action.ts';
import { backupActions } from './backup/index.ts';
import { httpActions } from './http/index.ts';
import { imageActions } from './image/index.ts';
import { kubernetesActions } from './kubernetes/index.ts';
import { notifyActions } from './notify/index.ts';
import { patroniActions } from './patroni/index.ts';
import { postgresActions } from './postgres/index.ts';
import { waitActions } from './wait/index.ts';

export const actions: readonly Action[] = [
  ...kubernetesActions,
  ...patroniActions,
  ...postgresActions,
  ...backupActions,
  ...imageActions,
  ...httpActions,
  ...notifyActions,
  ...waitActions,
];

const byName = new Map(actions.map((action) => [action.name, action]));

/** The action of this name, with how it is done; undefined when there is none. */
export function actionNamed(name: string): Action | undefined {
  return byName.get(name);
}

/** What the core knows of each action. */
export const register: Register = Object.assign((name: string) => byName.get(name), {
  names: [...byName.keys()],
});
