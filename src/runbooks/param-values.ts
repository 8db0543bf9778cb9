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
    case 'k8s/pod':
    case 'k8s/service':
    case 'patroni/member':
    case 'postgres/database':
      return text(param, String(given));
  }
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
