/** The actions of the family `notify`. */
import type { Action } from '../action.ts';
import { delivered } from './delivered.ts';
import { escalate } from './escalate.ts';

export const notifyActions: readonly Action[] = [escalate, delivered];
