/** A stream that is connected already, as the socket that the driver would connect itself; and when it is over. */
import type { Duplex } from 'node:stream';

/** A refusal that came just before the end is read first: it says more. */
const LAST_WORDS_MS = 100;

/** The driver wants a socket that it connects itself; this one is connected already. */
export function forDriver(stream: Duplex): Duplex {
  const same = () => stream;
  return Object.assign(stream, {
    setNoDelay: same,
    setKeepAlive: same,
    ref: same,
    unref: same,
    connect: () => {
      queueMicrotask(() => stream.emit('connect'));
      return stream;
    },
  });
}

/**
 * Rejects when the stream ends, also when it had ended before: the driver waits for ever then, because it hears only of
 * what happens after it has begun to listen (measured with pg 8).
 */
export function overBefore(stream: Duplex): Promise<never> {
  const over = new Promise<never>((_, reject) => {
    const tell = () => {
      const why = stream.errored ?? new Error('the forwarded port was closed');
      setTimeout(() => reject(why), LAST_WORDS_MS);
    };
    if (stream.destroyed || stream.readableEnded) return tell();
    stream.once('end', tell);
    stream.once('close', tell);
  });
  over.catch(() => undefined);
  return over;
}
