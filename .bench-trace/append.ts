/** Events appended per second through the door, beside one INSERT per event. */
import { startServer } from './database.ts';
import { doorOver } from './door.ts';
import { atOnce } from './load.ts';
import type { Bench } from './result.ts';
import { poolOn } from './slack-stage.ts';
import { median, metAtLeast, ratio, spread, times } from './statistics.ts';

const ROUNDS = 5;
const AIM = 0.75;

interface Shape {
  readonly name: string;
  readonly connections: number;
  readonly senders: number;
  readonly incidents: number;
  readonly count: number;
}

const SHAPES: readonly Shape[] = [
  { name: '1 connection', connections: 1, senders: 1, incidents: 1, count: 800 },
  { name: '8 connections, 8 incidents', connections: 8, senders: 8, incidents: 8, count: 2400 },
  { name: '8 connections, one incident', connections: 8, senders: 8, incidents: 1, count: 800 },
];

export const append: Bench = {
  name: 'append',
  title: 'Events appended per second',
  async run(folder) {
    const server = await startServer(folder);
    try {
      const rows: string[][] = [];
      const data: Record<string, unknown> = {};
      for (const shape of SHAPES) {
        const { bare, door } = await measured(await server.fresh(), shape);
        const found = ratio(bare, door);
        data[shape.name] = { bare: median(bare), handrail: median(door), ratio: found };
        const aim =
          shape.incidents < shape.senders
            ? 'none of its own'
            : `at least ${AIM} x: ${metAtLeast(found, AIM)}`;
        rows.push([shape.name, spread(bare), spread(door), times(found), aim]);
      }
      return {
        tables: [
          {
            head: ['events/s, min / median / max', 'one INSERT per event', 'the door', 'ratio', 'aim'],
            rows,
          },
        ],
        notes: [
          `${ROUNDS} rounds in turns. One event is one note with its command, its hash chain, its effect and its lookups: everything the door writes, in one statement. The bare INSERT writes the event alone, prepared, returning its version.`,
          'In one incident the events are in order, so its commands wait for each other; the bare rows need no order.',
          'A batch of many events in one statement is not measured: a command writes one to three events, and nothing gathers commands.',
        ],
        data,
      };
    } finally {
      await server.stop();
    }
  },
};

async function measured(url: string, shape: Shape): Promise<{ bare: number[]; door: number[] }> {
  const pool = poolOn(url, shape.connections);
  const door = doorOver(pool);
  const numbers: number[] = [];
  for (let n = 0; n < shape.incidents; n += 1) numbers.push(await door.declare());
  await pool.query(
    `create table bare (incident int, version int, at bigint, type text, by_id text, by_name text, command text,
     body text, primary key (incident, version))`,
  );
  let version = 0;
  const body = JSON.stringify({
    entry: 'bench',
    kind: 'note',
    text: 'pods are on new nodes, the leader is db-2',
  });
  const insert = async (index: number) => {
    version += 1;
    await pool.query({
      name: 'bare',
      text: `insert into bare (incident, version, at, type, by_id, by_name, command, body)
             values ($1, $2, $3, $4, $5, $6, $7, $8) returning version`,
      values: [
        index % shape.incidents,
        version,
        Date.now(),
        'note_added',
        'slack:U0ANA',
        'Ana',
        `c${version}`,
        body,
      ],
    });
  };
  const perSecond = async (count: number, call: (index: number) => Promise<void>) => {
    const began = performance.now();
    const { length } = await atOnce(shape.senders, count, call);
    return (length * 1000) / (performance.now() - began);
  };
  const note = (index: number) => door.note(numbers[index % numbers.length] ?? 0);
  try {
    await perSecond(200, insert);
    await perSecond(200, note);
    const bare: number[] = [];
    const through: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await perSecond(shape.count, insert));
      through.push(await perSecond(shape.count, note));
    }
    return { bare, door: through };
  } finally {
    await pool.end();
  }
}
