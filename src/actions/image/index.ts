/** The actions of the family `image`. */
import type { Action } from '../action.ts';
import { age } from './age.ts';
import { candidates } from './candidates.ts';
import { resolve } from './resolve.ts';

export const imageActions: readonly Action[] = [resolve, age, candidates];
