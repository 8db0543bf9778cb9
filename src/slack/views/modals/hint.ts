/** What stands under the field of a parameter: what to type, with its unit and its bounds. */
import { parseDuration, readableSeconds } from '../../../runbooks/duration.ts';
import { parseQuantity, readableBytes } from '../../../runbooks/quantity.ts';
import type { Param } from '../../../runbooks/runbook.ts';

const seconds = (text: string): number => (parseDuration(text) ?? 0) / 1000;
const bytes = (text: string): number => Number(parseQuantity(text) ?? 0n);

const durations = ['10m', '2h', '30s', '5m', '5s', '1d'];
const sizes = ['5Gi', '512Mi', '50Mi', '500Gi', '512Ki'];

/** Undefined where nothing has to be said. A text's upper bound is said only beside a lower one: few reach it. */
export function hintOf(param: Param): string | undefined {
  const { min, max } = param;
  switch (param.type) {
    case 'duration':
      return withBounds(examples(param, durations, seconds, 2), between(min, max, readableSeconds));
    case 'bytes':
      return withBounds(examples(param, sizes, bytes, 1), between(min, max, readableBytes));
    case 'int':
      if (min !== undefined) return max === undefined ? `${min} or more` : `${min} to ${max}`;
      return max === undefined ? 'a whole number' : `a whole number, at most ${max}`;
    case 'string':
      if (min === undefined || min <= 1) return undefined;
      return max === undefined ? `at least ${min} characters` : `${min} to ${max} characters`;
    case 'bool':
    case 'enum':
    case 'k8s/deployment':
    case 'k8s/statefulset':
    case 'k8s/deploymentconfig':
    case 'k8s/pod':
    case 'k8s/service':
    case 'patroni/member':
    case 'postgres/database':
      return undefined;
  }
}

/** Only what would be taken. */
function examples(
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Param,
  all: readonly string[],
  size: (text: string) => number,
  most: number,
): string {
  const fit = all
    .filter((one) => size(one) >= min && size(one) <= max)
    .slice(0, most)
    .sort((a, b) => size(a) - size(b));
  return fit.length === 0 ? '' : `e.g. ${fit.join(', ')}`;
}

function between(
  min: number | undefined,
  max: number | undefined,
  words: (size: number) => string,
): string | undefined {
  if (min !== undefined)
    return max === undefined ? `${words(min)} or more` : `${words(min)} to ${words(max)}`;
  return max === undefined ? undefined : `at most ${words(max)}`;
}

function withBounds(example: string, bounds: string | undefined): string {
  return [example, bounds].filter(Boolean).join('; ');
}
