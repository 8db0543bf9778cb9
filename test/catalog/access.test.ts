/** Levels, groups, and one human under several identities. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Access,
  approversOf,
  canonicalId,
  groupMembers,
  groupsOf,
  LEVELS,
  type Level,
  levelsOf,
  mayApprove,
  NO_ACCESS,
  NO_GRANTS,
  samePerson,
} from '../../src/catalog/access.ts';

const access: Access = {
  people: [
    {
      key: 'ana',
      name: 'Ana Example',
      identities: ['slack:U1', 'terminal:ana@laptop', 'kubernetes:ana@example.org'],
    },
    { key: 'ben', name: 'Ben Example', identities: ['slack:U2'] },
  ],
  groups: {
    responders: ['person:ana', 'slack:U3', 'usergroup:S1'],
    'database-access': ['person:ana', 'slack:U2', 'terminal:ana@laptop'],
    nobody: [],
  },
  everywhere: { ...NO_GRANTS, operate: ['group:responders'], admin: ['slack:U9'] },
  systems: {
    web: { ...NO_GRANTS, observe: ['everyone'], approve: ['slack:U2'] },
    db: { ...NO_GRANTS, approve: ['group:database-access'] },
  },
};

const levels = (id: string, system: string | undefined, groups: string[] = []) =>
  [...levelsOf(access, { id, groups }, system)].join(' ');

test.each([
  ['slack:U1', 'web', [], 'observe operate'],
  ['slack:U1', 'db', [], 'observe operate approve'],
  ['slack:U2', 'web', [], 'observe operate approve'],
  ['slack:U2', undefined, [], ''],
  ['slack:U3', 'elsewhere', [], 'observe operate'],
  ['slack:U9', 'db', [], 'observe operate approve admin'],
  ['slack:U5', 'web', [], 'observe'],
  ['slack:U5', 'db', [], ''],
  ['slack:U5', 'db', ['S1'], 'observe operate'],
  ['slack:U5', 'db', ['S2'], ''],
  ['terminal:ana@laptop', 'db', [], 'observe operate approve'],
  ['kubernetes:ana@example.org', 'web', [], 'observe operate'],
  ['terminal:eve@laptop', 'db', [], 'observe'],
  ['kubernetes:eve', undefined, [], 'observe'],
  ['slack:U5', 'toString', [], ''],
  ['', 'db', [], ''],
])('%s on %s in %j has: %s', (id, system, groups, expected) => {
  expect(levels(id, system, groups)).toBe(expected);
});

test('a level holds every level below it and none above, for every way of naming a person', () => {
  const ways: [member: string, asker: { id: string; groups?: string[] }][] = [
    ['slack:U7', { id: 'slack:U7' }],
    ['person:ana', { id: 'kubernetes:ana@example.org' }],
    ['slack:U1', { id: 'terminal:ana@laptop' }],
    ['usergroup:S1', { id: 'slack:U7', groups: ['S1'] }],
    ['group:database-access', { id: 'slack:U2' }],
  ];
  for (const level of LEVELS) {
    for (const [member, asker] of ways) {
      for (const place of ['everywhere', 'system'] as const) {
        const grants = { ...NO_GRANTS, [level]: [member] };
        const given: Access =
          place === 'everywhere'
            ? { ...access, everywhere: grants, systems: {} }
            : { ...access, everywhere: NO_GRANTS, systems: { web: grants } };
        const expected: Level[] = LEVELS.slice(0, LEVELS.indexOf(level) + 1);
        expect([...levelsOf(given, asker, 'web')]).toEqual(expected);
        expect(levelsOf(given, { id: 'slack:U8' }, 'web').size).toBe(0);
        if (place === 'system') expect(levelsOf(given, { id: 'slack:U7' }, 'db').size).toBe(0);
      }
    }
  }
});

test('nobody has anything where nothing is given', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.array(fc.string()), (id, system, groups) => {
      const asker = { id: `slack:${id}`, groups };
      expect(levelsOf(NO_ACCESS, asker, system).size).toBe(0);
      expect(mayApprove(NO_ACCESS, asker, [`group:${system}`], system)).toBe(false);
      expect(mayApprove(NO_ACCESS, asker, [], system)).toBe(false);
    }),
  );
});

describe('approval', () => {
  test.each([
    ['slack:U2', ['group:database-access'], true],
    ['kubernetes:ana@example.org', ['group:database-access'], true],
    ['slack:U3', ['group:database-access'], false],
    ['slack:U9', ['group:database-access'], false],
    ['slack:U3', ['group:database-access', 'group:responders'], true],
    ['slack:U3', ['group:unknown'], false],
    ['slack:U3', ['everyone'], false],
    ['slack:U3', ['group:constructor'], false],
  ])('%s for a step from %j: %s', (id, from, expected) => {
    expect(mayApprove(access, { id }, from, 'db')).toBe(expected);
  });

  test('a step that names nobody is for the level approve on that system', () => {
    expect(mayApprove(access, { id: 'slack:U2' }, [], 'web')).toBe(true);
    expect(mayApprove(access, { id: 'slack:U1' }, [], 'web')).toBe(false);
    expect(mayApprove(access, { id: 'slack:U9' }, [], 'web')).toBe(true);
  });
});

describe('one human', () => {
  test('has one canonical id under every identity', () => {
    expect(canonicalId(access, 'terminal:ana@laptop')).toBe('person:ana');
    expect(samePerson(access, 'slack:U1', 'kubernetes:ana@example.org')).toBe(true);
    expect(samePerson(access, 'slack:U1', 'slack:U2')).toBe(false);
    expect(samePerson(access, 'terminal:eve@a', 'terminal:eve@b')).toBe(false);
  });

  test('is counted once in a group', () => {
    expect(groupMembers(access, 'group:database-access')).toEqual({
      people: [
        { id: 'person:ana', name: 'Ana Example', identities: access.people[0]?.identities },
        { id: 'person:ben', name: 'Ben Example', identities: ['slack:U2'] },
      ],
      usergroups: [],
    });
    expect(groupMembers(access, 'responders')).toMatchObject({
      people: [{ id: 'person:ana' }, { id: 'slack:U3', identities: ['slack:U3'] }],
      usergroups: ['S1'],
    });
    expect(groupMembers(access, 'nobody')).toEqual({ people: [], usergroups: [] });
    expect(groupMembers(access, 'constructor')).toBeUndefined();
  });

  test('knows its groups', () => {
    expect(groupsOf(access, { id: 'terminal:ana@laptop' })).toEqual(['responders', 'database-access']);
    expect(groupsOf(access, { id: 'slack:U5', groups: ['S1'] })).toEqual(['responders']);
  });
});

describe('who may approve', () => {
  const ids = (from: string[], system?: string) => {
    const { people, usergroups } = approversOf(access, from, system);
    return [...people.map(({ id }) => id), ...usergroups.map((id) => `usergroup:${id}`)];
  };

  test('of the groups and people that a step names, each human once', () => {
    expect(ids(['group:database-access', 'person:ana'], 'web')).toEqual(['person:ana', 'person:ben']);
    expect(ids(['group:responders', 'usergroup:S2'])).toEqual([
      'person:ana',
      'slack:U3',
      'usergroup:S1',
      'usergroup:S2',
    ]);
    expect(ids(['group:nobody'], 'db')).toEqual([]);
  });

  test('of a step that names nobody: whoever has approve or admin on that system', () => {
    expect(ids([], 'web')).toEqual(['slack:U9', 'person:ben']);
    expect(ids([], 'db')).toEqual(['slack:U9', 'person:ana', 'person:ben']);
    expect(ids([], undefined)).toEqual(['slack:U9']);
    expect(ids([], 'toString')).toEqual(['slack:U9']);
  });

  test('each of them has it, and nobody of people who is left out', () => {
    for (const system of ['web', 'db', undefined])
      for (const from of [[], ['group:database-access'], ['group:nobody']]) {
        const may = ids(from, system);
        for (const id of ['slack:U1', 'slack:U2', 'slack:U9', 'slack:U3'])
          expect([id, system, from, may.includes(canonicalId(access, id))]).toEqual([
            id,
            system,
            from,
            mayApprove(access, { id }, from, system),
          ]);
      }
  });
});
