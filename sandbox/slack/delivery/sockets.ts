// Socket Mode: single-use connection addresses, several connections of which one gets each envelope, acknowledgements by envelope id.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Ack, Carrier } from './courier.ts';

const acknowledgement = z.object({ envelope_id: z.string(), payload: z.unknown().optional() });

const MOST_CONNECTIONS = 10;
const TICKET_LIFE_MS = 30_000;
const PING_MS = 5_000;

export interface Sockets extends Carrier {
  /** The path and query of a new single-use address. */
  ticket(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  readonly connections: number;
  /** Tells a listener when the first connection comes and the last one goes; returns its end. */
  onConnected: (listener: (connected: boolean) => void) => () => void;
}

/** Closes politely; a client that does not answer is cut off. */
function farewell(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const impatient = setTimeout(() => socket.terminate(), 500);
    socket.once('close', () => {
      clearTimeout(impatient);
      resolve();
    });
    socket.close(1001);
  });
}

export function createSockets(appId: string): Sockets {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Map<string, number>();
  const open: WebSocket[] = [];
  const waiting = new Map<string, { socket: WebSocket; resolve: (ack: Ack) => void }>();
  const arrivals = new Set<() => void>();
  const watchers = new Set<(connected: boolean) => void>();
  let turn = 0;
  const ping = setInterval(() => {
    for (const socket of open) socket.ping('Ping from Slack');
  }, PING_MS);
  ping.unref();

  function leave(socket: WebSocket): void {
    const index = open.indexOf(socket);
    if (index < 0) return;
    open.splice(index, 1);
    if (open.length === 0) for (const watch of watchers) watch(false);
    for (const [id, entry] of waiting) {
      if (entry.socket !== socket) continue;
      waiting.delete(id);
      // The bot may have done the work: Slack cannot know, and treats it as no answer.
      entry.resolve({ ok: false, error: 'operation_timeout', reason: 'socket_closed' });
    }
  }

  function welcome(socket: WebSocket): void {
    if (open.length >= MOST_CONNECTIONS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      socket.close();
      return;
    }
    open.push(socket);
    socket.on('message', (data) => {
      const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
      let said: unknown;
      try {
        said = JSON.parse(text);
      } catch {
        return;
      }
      const ack = acknowledgement.safeParse(said);
      if (!ack.success) return;
      waiting.get(ack.data.envelope_id)?.resolve({ ok: true, payload: ack.data.payload });
      waiting.delete(ack.data.envelope_id);
    });
    socket.on('close', () => leave(socket));
    socket.on('error', () => leave(socket));
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: open.length,
        debug_info: { host: 'local', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: appId },
      }),
    );
    for (const arrived of arrivals) arrived();
    if (open.length === 1) for (const watch of watchers) watch(true);
  }

  return {
    get connections() {
      return open.length;
    },
    onConnected(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    ticket() {
      const ticket = randomUUID();
      tickets.set(ticket, Date.now());
      return `/link/?ticket=${ticket}&app_id=${appId}`;
    },
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
      const issued = tickets.get(ticket);
      tickets.delete(ticket);
      if (issued === undefined || Date.now() - issued > TICKET_LIFE_MS) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, welcome);
    },
    send(delivery, timeoutMs, retry) {
      const live = open.filter((each) => each.readyState === WebSocket.OPEN);
      turn += 1;
      const socket = live[turn % Math.max(1, live.length)];
      if (socket === undefined)
        return Promise.resolve({ ok: false, error: 'not_connected', reason: 'not_connected' });
      const envelopeId = randomUUID();
      delivery.envelopeId = envelopeId;
      return new Promise<Ack>((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(envelopeId);
          resolve({ ok: false, error: 'operation_timeout', reason: 'timeout' });
        }, timeoutMs);
        waiting.set(envelopeId, {
          socket,
          resolve: (ack) => {
            clearTimeout(timer);
            resolve(ack);
          },
        });
        socket.send(
          JSON.stringify({
            envelope_id: envelopeId,
            type: delivery.kind,
            payload: delivery.payload,
            accepts_response_payload: delivery.kind !== 'events_api',
            ...(delivery.kind === 'events_api'
              ? { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? '' }
              : {}),
          }),
        );
      });
    },
    reachable(ms, signal) {
      if (open.length > 0) return Promise.resolve(true);
      return new Promise((resolve) => {
        const finish = (there: boolean) => {
          clearTimeout(timer);
          arrivals.delete(arrived);
          signal.removeEventListener('abort', given);
          resolve(there);
        };
        const arrived = () => finish(true);
        const given = () => finish(false);
        const timer = setTimeout(given, ms);
        arrivals.add(arrived);
        signal.addEventListener('abort', given);
      });
    },
    disconnect(reason) {
      for (const socket of open.slice()) {
        if (reason === 'cut') {
          socket.terminate();
          continue;
        }
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'local' } }));
        // Slack warns first and closes later; on a refresh it closes at once when the client does not.
        if (reason !== 'warning') socket.close();
      }
    },
    async close() {
      clearInterval(ping);
      await Promise.all([...open].map(farewell));
      server.close();
    },
  };
}
