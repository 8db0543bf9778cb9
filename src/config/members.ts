/** Checks one entry of a list of people: `ana`, `slack:U123`, `usergroup:S123`, `terminal:ana@laptop`, `group:name`. */
import { nearest } from '../catalog/nearest.ts';
import { quoted } from './problem.ts';

interface Names {
  readonly people: readonly string[];
  readonly groups: readonly string[];
  /** A group is not within a group. */
  readonly groupsAllowed: boolean;
}

interface Wrong {
  readonly what: string;
  readonly todo: string;
}

const SHAPES: Readonly<Record<string, { pattern: RegExp; example: string }>> = {
  slack: { pattern: /^[UW][A-Z0-9]{2,}$/, example: 'slack:U0123456789 (in Slack: profile, Copy member ID)' },
  usergroup: { pattern: /^S[A-Z0-9]{2,}$/, example: 'usergroup:S0123456789' },
  terminal: { pattern: /^[^@\s]+@[^@\s]+$/, example: 'terminal:ana@laptop' },
  kubernetes: { pattern: /^\S+$/, example: 'kubernetes:ana@example.org' },
};

/** What is wrong with a member, or undefined. */
export function memberProblem(member: string, names: Names): Wrong | undefined {
  if (member === 'everyone') {
    return names.groupsAllowed ? undefined : { what: 'everyone cannot be in a group', todo: 'name people' };
  }
  const at = member.indexOf(':');
  if (at < 0) return personProblem(member, names);
  const kind = member.slice(0, at);
  const rest = member.slice(at + 1);
  if (kind === 'group') {
    if (!names.groupsAllowed) return { what: 'a group cannot hold a group', todo: 'list its people here' };
    if (names.groups.includes(rest)) return undefined;
    const near = nearest(rest, names.groups);
    const known =
      names.groups.length === 0 ? 'add it under access: groups:' : `known: ${names.groups.join(', ')}`;
    return { what: `unknown group ${quoted(rest)}`, todo: near ? `did you mean group:${near}?` : known };
  }
  if (kind === 'person') return personProblem(rest, names);
  const shape = Object.hasOwn(SHAPES, kind) ? SHAPES[kind] : undefined;
  if (!shape) {
    const near = nearest(kind, [...Object.keys(SHAPES), 'group']);
    const todo = near
      ? `did you mean ${near}:?`
      : `write ${[...Object.keys(SHAPES), 'group'].join(':, ')}: or a key of people`;
    return { what: `unknown kind of member ${quoted(kind)}`, todo };
  }
  if (shape.pattern.test(rest)) return undefined;
  return { what: `${quoted(member)} is no ${kind} identity`, todo: `write it like ${shape.example}` };
}

function personProblem(key: string, names: Names): Wrong | undefined {
  if (names.people.includes(key)) return undefined;
  const what = `unknown person ${quoted(key)}`;
  if (names.groupsAllowed && names.groups.includes(key)) return { what, todo: `did you mean group:${key}?` };
  if (/^[UW][A-Z0-9]{6,}$/.test(key)) return { what, todo: `did you mean slack:${key}?` };
  if (/^S[A-Z0-9]{6,}$/.test(key)) return { what, todo: `did you mean usergroup:${key}?` };
  const near = nearest(key, names.people);
  return { what, todo: near ? `did you mean ${near}?` : 'add this person under people:' };
}
