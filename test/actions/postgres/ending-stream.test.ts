// A forwarded port that ends before, while or instead of letting the driver log in: each ends in words, and at once.

import { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openNetwork } from '../../../src/actions/postgres/network-session.ts';
import { SqlFailed } from '../../../src/actions/postgres/session.ts';

/** Answers each request of the driver; what it got first is the question for TLS. */
function streamThat(answers: (stream: Duplex, turn: number) => void): Duplex {
  let turn = 0;
  const stream = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => {
      turn += 1;
      answers(stream, turn);
      done();
    },
  });
  // As the forwarded port has: an error that nobody listens for yet must not end the process.
  stream.on('error', () => undefined);
  return stream;
}

const silent = () => streamThat(() => undefined);

/** What the login ends with; `pending` when it does not within the patience of this test. */
async function endOf(stream: () => Duplex | Promise<Duplex>, limitMs = 20_000): Promise<SqlFailed | string> {
  const stop = new AbortController();
  const opening = openNetwork({
    way: 'port-forward',
    host: 'db-0',
    port: 5432,
    user: 'reader',
    password: 'hush',
    database: 'postgres',
    stream: async () => await stream(),
    limitMs,
    signal: stop.signal,
  });
  const ended = await Promise.race([
    opening.then(
      () => 'logged in',
      (error: unknown) => (error instanceof SqlFailed ? error : String(error)),
    ),
    wait(10_000, 'pending'),
  ]);
  stop.abort(new Error('the test is over'));
  await opening.catch(() => undefined);
  return ended;
}

const refusal = new Error('nothing listens on port 5432 of pod db-0');

/** A refusal as PostgreSQL writes it before a login. */
function fatal(code: string, text: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`);
  const head = Buffer.from('E\0\0\0\0');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

describe('a forwarded port', () => {
  it('that was refused before the driver had it', async () => {
    const ended = await endOf(async () => {
      const stream = silent().destroy(refusal);
      await wait(20);
      return stream;
    });
    expect(ended).toMatchObject({ problem: 'unreachable', lost: true });
    expect(String(ended)).toContain(refusal.message);
  });

  it('that is refused while the driver takes it', async () => {
    const ended = await endOf(() => {
      const stream = silent();
      queueMicrotask(() => stream.destroy(refusal));
      return stream;
    });
    expect(ended).toMatchObject({ problem: 'unreachable', lost: true });
    expect(String(ended)).toContain(refusal.message);
  });

  it.each([1, 2, 3, 4])('that is refused %i turns of the loop later', async (turns) => {
    const ended = await endOf(() => {
      const stream = silent();
      const later = (left: number): unknown =>
        left === 0 ? stream.destroy(refusal) : setImmediate(() => later(left - 1));
      later(turns);
      return stream;
    });
    expect(ended).toMatchObject({ problem: 'unreachable' });
    expect(String(ended)).toContain(refusal.message);
  });

  it('that was closed without a word before the driver had it', async () => {
    const ended = await endOf(async () => {
      const stream = silent();
      stream.push(null);
      await wait(20);
      return stream;
    });
    expect(ended).toMatchObject({ problem: 'unreachable', lost: true });
    expect(String(ended)).toContain('the forwarded port was closed');
  });

  it('that is closed where the login should go on', async () => {
    let opened = 0;
    const plain = await endOf(() => {
      opened += 1;
      const first = opened === 1;
      return streamThat((stream) => stream.push(first ? 'N' : null));
    });
    expect(plain).toMatchObject({ problem: 'unreachable', lost: true });
    const tls = await endOf(() =>
      streamThat((stream, turn) => {
        if (turn === 1) stream.push('S');
        else stream.push(null);
      }),
    );
    expect(tls).toMatchObject({ problem: 'unreachable', lost: true });
  });

  it('whose last words are a refusal: these count', async () => {
    let opened = 0;
    const ended = await endOf(() => {
      opened += 1;
      const first = opened === 1;
      return streamThat((stream) => {
        stream.push(first ? 'N' : fatal('53300', 'sorry, too many clients already'));
        if (!first) stream.push(null);
      });
    });
    expect(ended).toMatchObject({ problem: 'no slot', code: '53300' });
  });

  it('that takes everything and says nothing: left after the time of a login', async () => {
    const ended = await endOf(silent, 200);
    expect(ended).toMatchObject({ problem: 'silent', lost: true });
  });
});
