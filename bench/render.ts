/** Renders one report in a process of its own and prints what it took as one line of JSON: `render.ts report|bare N`. */

import { markdown } from '../src/report/markdown.ts';
import { report } from '../src/report/report.ts';
import { events } from './long-incident.ts';
import { memory } from './process.ts';

const [kind = 'report', size = '1000'] = process.argv.slice(2);
const night = events(1, 1, Number(size));
// A first small one loads what is loaded late; memory is counted from here.
report(night.slice(0, 20), { profile: 'default', people: 'names' });
const before = memory(process.pid).now;
const began = performance.now();
const bytes =
  kind === 'bare' ? bare() : report(night, { profile: 'default', people: 'names' }).markdown.length;
const took = performance.now() - began;
const { peak } = memory(process.pid);
process.stdout.write(JSON.stringify({ ms: took, before, peak, bytes }));

/** The same rows as a table through the same serialiser, and nothing else. */
function bare(): number {
  const text = (value: string) => ({
    type: 'tableCell' as const,
    children: [{ type: 'text' as const, value }],
  });
  const rows = night.map((event) => ({
    type: 'tableRow' as const,
    children: [
      text(new Date(event.at).toISOString().slice(11, 16)),
      text(`+${Math.round((event.at - (night[0]?.at ?? 0)) / 60_000)} min`),
      text(event.by.name),
      text(event.type === 'note_added' ? event.body.text : event.type),
    ],
  }));
  return markdown({ type: 'root', children: [{ type: 'table', align: [], children: rows }] }).length;
}
