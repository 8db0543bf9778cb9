/** A process that takes erased words out of the store and stops for ever at its commit: for tests that kill it. */
import pg from 'pg';
import { dueErasures, eraseNow } from '../../src/store/erase.ts';

const [url = ''] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: 2 });
pool.on('error', () => undefined);
const [due] = await dueErasures(pool);
if (!due) throw new Error('nothing is to be erased');
const held = {
  connect: async () => {
    const client = await pool.connect();
    return new Proxy(client, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== 'query') return typeof value === 'function' ? value.bind(target) : value;
        return (text: unknown, values?: unknown[]) => {
          if (text !== 'commit') return target.query(text as string, values);
          process.stdout.write('at the commit\n');
          return new Promise(() => undefined);
        };
      },
    });
  },
};
setInterval(() => undefined, 1000);
await eraseNow(held as unknown as pg.Pool, due);
