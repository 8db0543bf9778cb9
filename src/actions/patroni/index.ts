/** The actions of the family `patroni`. */
import type { Action } from '../action.ts';
import { cluster } from './cluster.ts';
import { history } from './history.ts';
import { members } from './list-members.ts';
import { member } from './member.ts';
import { pause, resume } from './pause.ts';
import { reinitialize } from './reinitialize.ts';
import { restart } from './restart.ts';
import { switchover } from './switchover.ts';
import { walPositions } from './wal-positions.ts';

export const patroniActions: readonly Action[] = [
  cluster,
  members,
  member,
  walPositions,
  history,
  pause,
  resume,
  switchover,
  restart,
  reinitialize,
];
