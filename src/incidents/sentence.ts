/** Texts of different authors joined into sentences, each with one full stop. */

/** Ends a text with a full stop unless it ends a sentence already. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…。！？]$/u.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Takes the full stop away, so that the text can stand inside a longer sentence. */
export const clause = (text: string): string => text.trim().replace(/[.。]+$/u, '');
