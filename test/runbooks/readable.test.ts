// Values put into a sentence: one full stop at its end, whatever the value ends with.
import { describe, expect, it } from 'vitest';
import { readable, withValues } from '../../src/runbooks/readable.ts';

const ENDED = 'Nothing can be run in it. Look at how it last ended.';

describe('a value that is a sentence', () => {
  it.each([
    [['Not seen: ', ENDED, '.'], `Not seen: ${ENDED}`],
    [['Not seen: ', ENDED, '. Ask them.'], `Not seen: ${ENDED} Ask them.`],
    [['The host is ', 'db', '.'], 'The host is db.'],
    [['Wait', '', '...'], 'Wait...'],
    [['At ', 'node 1.', '.5'], 'At node 1..5'],
  ])('%j', (parts, text) => expect(withValues(parts)).toBe(text));

  it('has no full stop before a comma; a name in DNS keeps its own', () => {
    expect(readable([ENDED, 'no right to see pods'], undefined)).toBe(
      'Nothing can be run in it. Look at how it last ended, no right to see pods',
    );
    expect(readable(['db.example.org.', 'b'], undefined)).toBe('db.example.org., b');
  });
});
