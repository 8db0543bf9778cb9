/** The actions of the family `backup`. */
import type { Action } from '../action.ts';
import { latest } from './latest.ts';

export const backupActions: readonly Action[] = [latest];
