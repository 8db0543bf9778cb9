/** What one place of handrail.yaml says about another: names that must exist, identities that must be one person's. */
import { LEVELS } from '../catalog/access.ts';
import { nearest } from '../catalog/nearest.ts';
import { memberProblem } from './members.ts';
import { type ConfigProblem, quoted } from './problem.ts';
import type { Path, YamlFile } from './yaml-file.ts';
import { zoneProblem } from './zone.ts';

/** Names that only the caller knows. */
export interface Known {
  /** Left out: default, bcgov, pydis. */
  readonly profiles?: readonly string[];
  /** Left out: references to runbooks are not checked. */
  readonly runbooks?: readonly string[];
}

const PROFILES: readonly string[] = ['default', 'bcgov', 'pydis'];

/** Looks at the data as written, so that a mistake in one place does not hide those in others. */
export function referenceProblems(yaml: YamlFile, known: Known): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const root = entries(yaml.data);
  const add = (path: Path, what: string, todo: string, severity?: 'warning') =>
    problems.push(yaml.problemAt(path, what, todo, severity));

  if (typeof root.zone === 'string') {
    const wrong = zoneProblem(root.zone);
    if (wrong) add(['zone'], wrong.what, wrong.todo);
  }
  const profile = entries(root.report).profile;
  const profiles = known.profiles ?? PROFILES;
  if (typeof profile === 'string' && !profiles.includes(profile)) {
    add(['report', 'profile'], `unknown report profile ${quoted(profile)}`, remedy(profile, profiles));
  }

  systemProblems(root, add, known);
  peopleProblems(root, add);
  accessProblems(root, add);
  return problems;
}

type Add = (path: Path, what: string, todo: string, severity?: 'warning') => void;
type Entries = Readonly<Record<string, unknown>>;

function systemProblems(root: Entries, add: Add, known: Known): void {
  const systems = items(root.systems).map(entries);
  const ids = systems.map((one) => one.id).filter((id) => typeof id === 'string');
  systems.forEach((system, index) => {
    const { id } = system;
    if (typeof id === 'string' && systems.slice(0, index).some((one) => one.id === id)) {
      add(
        ['systems', index, 'id'],
        `the system ${quoted(id)} is there twice`,
        'give each system an id of its own',
      );
    }
    const names: unknown[] = [];
    items(system.databases).forEach((database, at) => {
      const { name, service, statefulset } = entries(database);
      if (service === undefined && statefulset === undefined) {
        const todo = 'add service: or statefulset:';
        add(['systems', index, 'databases', at], 'says neither which Service nor which StatefulSet', todo);
      }
      if (typeof name === 'string' && names.includes(name)) {
        add(
          ['systems', index, 'databases', at, 'name'],
          `the database ${quoted(name)} is there twice`,
          'keep one of them',
        );
      }
      names.push(name);
      queryProblems(database, ['systems', index, 'databases', at], add);
    });
    items(system.dependencies).forEach((dependency, at) => {
      if (typeof dependency !== 'string') return;
      const path = ['systems', index, 'dependencies', at];
      if (dependency === system.id) add(path, 'a system cannot depend on itself', 'remove the line');
      else if (!ids.includes(dependency)) {
        const near = nearest(dependency, ids);
        const outside = 'for something outside this file write "- external: its name"';
        add(
          path,
          `unknown system ${quoted(dependency)}`,
          near ? `did you mean ${near}? ${outside}` : outside,
        );
      }
    });
    items(system.runbooks).forEach((runbook, at) => {
      if (!known.runbooks || typeof runbook !== 'string' || known.runbooks.includes(runbook)) return;
      const path = ['systems', index, 'runbooks', at];
      add(path, `there is no runbook ${quoted(runbook)}`, remedy(runbook, known.runbooks), 'warning');
    });
  });
  for (const id of Object.keys(entries(entries(root.access).systems))) {
    if (!ids.includes(id)) add(['access', 'systems', id], `unknown system ${quoted(id)}`, remedy(id, ids));
  }
}

function queryProblems(database: unknown, path: Path, add: Add): void {
  const { queries, databases } = entries(database);
  const names: unknown[] = [];
  items(queries).forEach((query, at) => {
    const { name, database: asked } = entries(query);
    if (typeof name === 'string' && names.includes(name)) {
      add([...path, 'queries', at, 'name'], `the query ${quoted(name)} is there twice`, 'keep one of them');
    }
    names.push(name);
    const known = items(databases).filter((one) => typeof one === 'string');
    if (typeof asked === 'string' && !known.includes(asked)) {
      add(
        [...path, 'queries', at, 'database'],
        `${quoted(asked)} is none of databases:`,
        remedy(asked, known),
      );
    }
  });
}

function peopleProblems(root: Entries, add: Add): void {
  const owner = new Map<string, string>();
  for (const [key, value] of Object.entries(entries(root.people))) {
    if (key === 'everyone')
      add(['people', key], '"everyone" is a word of its own', 'give this person another key');
    const person = entries(value);
    const identities: [Path, string, string][] = [[['people', key, 'slack'], 'slack', text(person.slack)]];
    for (const kind of ['terminal', 'kubernetes']) {
      items(person[kind]).forEach((one, at) => {
        identities.push([['people', key, kind, at], kind, text(one)]);
      });
    }
    for (const [path, kind, identity] of identities) {
      if (identity === '') continue;
      const wrong = memberProblem(`${kind}:${identity}`, { people: [], groups: [], groupsAllowed: false });
      if (wrong) add(path, wrong.what, wrong.todo);
      const before = owner.get(`${kind}:${identity}`);
      if (before !== undefined) {
        const what = `${kind}:${identity} is ${before} already`;
        add(path, what, 'an identity is one person: remove it from one of the two');
      }
      owner.set(`${kind}:${identity}`, before ?? key);
    }
  }
}

function accessProblems(root: Entries, add: Add): void {
  const access = entries(root.access);
  const people = Object.keys(entries(root.people));
  const groups = Object.keys(entries(access.groups));
  const check = (path: Path, list: unknown, groupsAllowed: boolean) => {
    items(list).forEach((member, at) => {
      if (typeof member !== 'string') return;
      const wrong = memberProblem(member.trim(), { people, groups, groupsAllowed });
      if (wrong) add([...path, at], wrong.what, wrong.todo);
    });
  };
  for (const group of groups) {
    const path = ['access', 'groups', group];
    check(path, entries(access.groups)[group], false);
    if (items(entries(access.groups)[group]).length === 0) {
      add(path, `the group ${quoted(group)} has nobody in it`, 'add people, or remove it', 'warning');
    }
  }
  check(['slack', 'invite'], entries(root.slack).invite, true);

  const places: [Path, Entries][] = [[['access', 'everywhere'], entries(access.everywhere)]];
  for (const [id, grants] of Object.entries(entries(access.systems))) {
    places.push([['access', 'systems', id], entries(grants)]);
  }
  let operators = 0;
  for (const [path, grants] of places) {
    for (const level of LEVELS) {
      check([...path, level], grants[level], true);
      const everyone = items(grants[level]).indexOf('everyone');
      if (level !== 'observe' && everyone >= 0) {
        add(
          [...path, level, everyone],
          `everyone cannot have ${level}`,
          'name groups or people; only observe can be for everyone',
        );
      }
      if (level !== 'observe') operators += items(grants[level]).length;
    }
  }
  if (operators === 0) {
    add(
      ['access'],
      'nobody may run a step that changes something',
      'give operate to a group under access:',
      'warning',
    );
  }
}

function remedy(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near) return `did you mean ${near}?`;
  return known.length === 0 ? 'none is known' : `known: ${known.slice(0, 12).join(', ')}`;
}

function entries(value: unknown): Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
