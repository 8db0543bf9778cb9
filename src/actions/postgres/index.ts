/** The actions of the family `postgres`. */
import type { Action } from '../action.ts';
import { dump } from './dump.ts';
import { readBack } from './read-back.ts';
import { sizeVsVolume } from './size-vs-volume.ts';

export const postgresActions: readonly Action[] = [sizeVsVolume, dump, readBack];
