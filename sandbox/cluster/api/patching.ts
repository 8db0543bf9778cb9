/** Applies a request's patch, of whatever type, to an object. */
import { contested } from './managed-fields.ts';
import { jsonPatch, mergePatch, strategicPatch } from './patches.ts';
import { badRequest, Refusal } from './refusal.ts';
import { isOn, readBody } from './request.ts';
import type { By } from './store.ts';
import type { Wire } from './wire.ts';

interface Body {
  readonly body: string;
  readonly contentType: string;
}

/** Throws a Refusal: a patch that cannot be read or applied, an unknown type, fields that others own (apply). */
export function patched(
  { body, contentType }: Body,
  before: Wire,
  by: By,
  query: URLSearchParams,
): { next: Wire; applied: unknown } {
  const type = (contentType.split(';')[0] ?? '').trim();
  switch (type) {
    case 'application/json-patch+json':
      return { next: jsonPatch(before, readJson(body)) as Wire, applied: undefined };
    case 'application/merge-patch+json':
      return { next: mergePatch(before, readJson(body)) as Wire, applied: undefined };
    case 'application/strategic-merge-patch+json':
      return { next: strategicPatch(before, readJson(body)) as Wire, applied: undefined };
    case 'application/apply-patch+yaml':
    case 'application/apply-patch+cbor':
      return apply(before, readBody(body, 'yaml'), by, isOn(query, 'force'));
  }
  throw new Refusal(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`error decoding patch: ${(error as Error).message}`);
  }
}

/** Fields are merged as in a strategic merge; what this manager applied before and leaves out now is not removed. */
function apply(
  before: Wire,
  applied: Record<string, unknown>,
  by: By,
  force: boolean,
): { next: Wire; applied: unknown } {
  const next = strategicPatch(before, applied) as Wire;
  const conflicts = force ? [] : contested(before, next, by.manager);
  if (conflicts.length === 0) return { next, applied };
  const causes = conflicts.map(({ manager, apiVersion, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${JSON.stringify(manager)} using ${apiVersion}`,
    field,
  }));
  const count = causes.length === 1 ? '1 conflict' : `${causes.length} conflicts`;
  const first = causes[0];
  const said =
    causes.length === 1 && first
      ? `${first.message}: ${first.field}`
      : `conflicts with ${conflicts.map(({ manager }) => JSON.stringify(manager)).join(', ')}:\n${causes.map(({ field }) => `- ${field}`).join('\n')}`;
  throw new Refusal(409, 'Conflict', `Apply failed with ${count}: ${said}`, { causes });
}
