/** Values of parameters and form answers: from what a person typed to what expressions read. */
import { parseDuration } from './duration.ts';
import { wholeMatches } from './linear-pattern.ts';
import { parseQuantity } from './quantity.ts';
import type { Param } from './runbook.ts';

export type ParamValue = string | number | boolean;

export type ParsedParam = { readonly value: ParamValue } | { readonly problem: string };

/** Longest text that a person can give to a parameter without `max`: what a Slack input takes. */
const longestText = 3000;

/**
 * `int` gives a number, `bool` true or false, `duration` seconds, `bytes` bytes, all others text. `problem` is for
 * the person, to be shown beside the field. An empty text is no value: that is for the caller to ask.
 */
export function parseParam(param: Param, given: string | number | boolean): ParsedParam {
  switch (param.type) {
    case 'int':
      return number(
        param,
        typeof given === 'string' && /^-?\d{1,15}$/.test(given.trim()) ? Number(given) : given,
      );
    case 'bool':
      return bool(given);
    case 'duration': {
      const ms = typeof given === 'string' ? parseDuration(given.trim()) : undefined;
      if (typeof given === 'number') return number(param, given);
      return ms === undefined
        ? { problem: 'Write a length of time such as 30s, 10m or 2h.' }
        : number(param, ms / 1000);
    }
    case 'bytes': {
      const bytes = typeof given === 'string' ? parseQuantity(given.trim()) : undefined;
      if (typeof given === 'number') return number(param, given);
      return bytes === undefined
        ? { problem: 'Write an amount such as 16Mi or 2Gi.' }
        : number(param, Number(bytes));
    }
    case 'enum': {
      const options = param.options ?? [];
      return options.includes(String(given))
        ? { value: String(given) }
        : { problem: `Choose one of ${options.join(', ')}.` };
    }
    case 'string':
    case 'k8s/deployment':
    case 'k8s/statefulset':
    case 'k8s/deploymentconfig':
    case 'k8s/pod':
    case 'k8s/service':
    case 'patroni/member':
    case 'postgres/database':
      return text(param, String(given));
  }
}

/** What was given for declared parameters or fields: their values, and what is wrong with each in words for a person. */
export interface ReadParams {
  readonly values: Readonly<Record<string, ParamValue>>;
  /** By name; also of names that nobody declared. */
  readonly problems: Readonly<Record<string, string>>;
}

/**
 * The one check of what is given for parameters and forms, in the door as at every place where people type. What is
 * left out (absent, null or empty text) gets its default, or is a problem where it is required.
 */
export function readParams(
  declared: Readonly<Record<string, Param>>,
  given: Readonly<Record<string, unknown>>,
): ReadParams {
  const values: Record<string, ParamValue> = {};
  const problems: Record<string, string> = {};
  for (const name of Object.keys(given))
    if (!Object.hasOwn(declared, name)) problems[name] = `Nobody asks for ${name} here.`;
  for (const [name, param] of Object.entries(declared)) {
    const value = Object.hasOwn(given, name) && !isLeftOut(given[name]) ? given[name] : param.default;
    if (value === undefined) {
      if (param.required) problems[name] = NEEDED;
      continue;
    }
    const read = isOne(value) ? parseParam(param, value) : { problem: 'Give one value.' };
    if ('problem' in read) problems[name] = read.problem;
    else values[name] = read.value;
  }
  return { values, problems };
}

const NEEDED = 'This is needed.';

/** `Replicas: At most 3. Still to fill in: Why now?` */
export function problemWords(
  declared: Readonly<Record<string, Param>>,
  problems: ReadParams['problems'],
): string {
  const labelOf = (name: string) => (Object.hasOwn(declared, name) ? declared[name]?.label : undefined);
  const wrong = Object.entries(problems).filter(([, says]) => says !== NEEDED);
  const words = wrong.map(([name, says]) => {
    const label = labelOf(name);
    return label === undefined ? says : `${label.replace(/[:?]$/, '')}: ${says}`;
  });
  const missing = Object.keys(problems).filter((name) => problems[name] === NEEDED);
  if (missing.length > 0)
    words.push(`Still to fill in: ${missing.map((name) => labelOf(name) ?? name).join(', ')}`);
  return words.join(' ');
}

function isLeftOut(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function isOne(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function bool(given: string | number | boolean): ParsedParam {
  const word = String(given).trim().toLowerCase();
  if (['true', 'yes'].includes(word)) return { value: true };
  return ['false', 'no'].includes(word) ? { value: false } : { problem: 'Write yes or no.' };
}

function number(param: Param, value: unknown): ParsedParam {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return { problem: 'Write a whole number.' };
  if (param.min !== undefined && value < param.min) return { problem: `At least ${param.min}.` };
  if (param.max !== undefined && value > param.max) return { problem: `At most ${param.max}.` };
  return { value };
}

/** Names of Kubernetes objects: RFC 1123 subdomains. */
const kubernetesName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

function text(param: Param, value: string): ParsedParam {
  if (param.min !== undefined && value.length < param.min)
    return { problem: `At least ${param.min} characters.` };
  const most = param.max ?? longestText;
  if (value.length > most) return { problem: `At most ${most} characters.` };
  if (param.type.startsWith('k8s/') && !kubernetesName.test(value)) {
    return { problem: `${value} cannot be the name of an object in Kubernetes.` };
  }
  if (param.pattern !== undefined && !wholeMatches(value, param.pattern)) {
    return { problem: `This must be of the form ${param.pattern}` };
  }
  return { value };
}
