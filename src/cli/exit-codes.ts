/** What a terminal command's exit code says; documented for scripts. */
export const EXIT = {
  /** Done, and what was looked at is as it should be. */
  ok: 0,
  /** Done, but a step failed, stays unknown or found something bad. */
  notOk: 1,
  /** Nothing was done: wrong input or configuration; what to do was printed. */
  wrongInput: 2,
  /** The run waits for a person who is not at this terminal. */
  waits: 3,
} as const;
