// Waiting for a condition, and the smallest HTTPS request that can ask for one.
import { request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks `condition` every 50 ms until it gives something true, and returns that. A condition that throws ends the
 * waiting. After `seconds` it throws and names `what`, with what `describe` says about the state it is stuck in.
 */
export async function waitUntil<T>(
  what: string,
  condition: () => T | Promise<T>,
  { seconds = 120, describe = () => '' }: { seconds?: number; describe?: () => string } = {},
): Promise<NonNullable<T>> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await condition();
    if (seen) return seen;
    if (performance.now() > until)
      throw new Error(`waited ${seconds} s in vain until ${what} ${describe()}`.trim());
    await delay(50);
  }
}

/** GET with a bearer token; status 0 when there is no answer within two seconds. */
export function getJson(url: string, ca: string, token: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const nothing = () => resolve({ status: 0, text: '' });
    const asked = request(url, {
      ca,
      agent: false,
      timeout: 2000,
      headers: { authorization: `Bearer ${token}` },
    });
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', nothing);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', nothing);
    asked.on('close', nothing);
    asked.end();
  });
}
