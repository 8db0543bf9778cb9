// Waiting for something to happen in the workspace, without polling.

import type { Workspace } from './workspace.ts';

/** Resolves with the first truthy value of `look`, which is asked now and after every change. @throws after `ms`. */
export function seeing<T>(ws: Workspace, look: () => T, ms: number): Promise<NonNullable<T>> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      ws.listeners.delete(again);
      settle();
    };
    const again = () => {
      try {
        const value = look();
        if (value) finish(() => resolve(value));
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const timer = setTimeout(() => {
      finish(() => reject(new Error(`nothing of the kind happened within ${ms} ms: ${String(look)}`)));
    }, ms);
    ws.listeners.add(again);
    again();
  });
}
