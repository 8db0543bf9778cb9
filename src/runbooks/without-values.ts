/** Texts and calls of a runbook as they stand in its file, with names where values will stand. */
import type { Arguments, Json, Template } from './runbook.ts';
import { splitTemplate } from './template.ts';

/** A text with `<name>` where a value will stand. */
export function withoutValues(template: Template): string {
  return splitTemplate(template)
    .parts.map((part) => (part.kind === 'text' ? part.text : `<${shortName(part.source)}>`))
    .join('')
    .trim();
}

function shortName(source: string): string {
  return source
    .replaceAll('.?', '.')
    .replace(/\.orValue\([^()]*\)$/, '')
    .replace(/^(?:params|incident|out|item)\./, '')
    .replace(/^steps\.(\w+)\.(?:out|plan|args)\./, '$1.');
}

/** `k8s.replicas with workload: <workload>` */
export function callInWords(call: { readonly uses: string; readonly with: Arguments }): string {
  const args = Object.entries(call.with).map(([name, value]) => `${name}: ${valueInWords(value)}`);
  return args.length === 0 ? call.uses : `${call.uses} with ${args.join(', ')}`;
}

function valueInWords(value: Json): string {
  if (typeof value === 'string') return withoutValues(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => valueInWords(item)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([name, inner]) => `${name}: ${valueInWords(inner)}`);
  return `{ ${fields.join(', ')} }`;
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
