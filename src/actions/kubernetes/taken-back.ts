/** Taking a change back where somebody else has changed it since: what was before, what we set, and what is there now. */

/**
 * For the notes of a plan that takes a change back. Empty while the live value is what the change had set, or what was
 * before it already; else all three, for the person who is asked (design/report.md, Loose ends 2). `set` is undefined
 * for a plan that takes nothing back. Values as people read them.
 */
export function sinceThen(
  what: string,
  values: { readonly before: string; readonly set: string | undefined; readonly now: string },
): string[] {
  const { before, set, now } = values;
  if (set === undefined || now === set || now === before) return [];
  return [
    `Somebody else has changed ${what} since: it was ${before} before, we set it to ${set}, and it is ${now} now. Look who needs ${now} before you confirm: it goes back to ${before}.`,
  ];
}
