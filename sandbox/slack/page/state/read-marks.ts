// Remembers in this browser what each person has read, so that a reload keeps the marks of what is new.

export interface ReadMarks {
  load(): Record<string, string>;
  save(read: Readonly<Record<string, string>>): void;
}

/** @param key of the person. A browser that stores nothing just forgets. */
export function readMarks(key: string): ReadMarks {
  return {
    load() {
      try {
        const kept: unknown = JSON.parse(window.localStorage.getItem(key) ?? '{}');
        if (typeof kept !== 'object' || kept === null) return {};
        return Object.fromEntries(Object.entries(kept).filter(([, ts]) => typeof ts === 'string'));
      } catch {
        return {};
      }
    },
    save(read) {
      try {
        window.localStorage.setItem(key, JSON.stringify(read));
      } catch {
        // Private windows may refuse.
      }
    },
  };
}
