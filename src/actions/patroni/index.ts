/** The actions of the family `patroni`. */
import type { Action } from '../action.ts';
import { cluster } from './cluster.ts';
import { members } from './list-members.ts';

export const patroniActions: readonly Action[] = [cluster, members];
