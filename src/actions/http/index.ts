/** The actions of the family `http`. */
import type { Action } from '../action.ts';
import { check } from './check.ts';

export const httpActions: readonly Action[] = [check];
