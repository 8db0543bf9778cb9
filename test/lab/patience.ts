// How long the nights in the lab wait for anything.

/** Seconds of patience with a machine that others use too. */
export const PATIENCE = 120;
