// A stand-in for Patroni's REST API: answers as recorded from Patroni 3.0.2, from a state that a test changes.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

interface MemberState {
  /** Body of /patroni. A text is sent as it is, with the code of an error; `hang` never answers. */
  patroni: object | string;
  cluster: object | string;
  history: object | string;
}

export interface StandIn {
  readonly name: string;
  readonly ip: string;
  readonly state: MemberState;
  stop(): Promise<void>;
}

const SYSTEM = '7710281048170509835';

export const leader = (location: number, timeline = 1, more: object = {}) => ({
  state: 'running',
  postmaster_start_time: '2026-11-20 15:40:01.119873+00:00',
  role: 'master',
  server_version: 150020,
  xlog: { location },
  timeline,
  replication: [],
  dcs_last_seen: 1763653300,
  database_system_identifier: SYSTEM,
  patroni: { version: '3.0.2', scope: 'prod-patroni' },
  ...more,
});

export const replica = (received: number, replayed: number, timeline = 1, more: object = {}) => ({
  ...leader(0, timeline),
  role: 'replica',
  xlog: { received_location: received, replayed_location: replayed, replayed_timestamp: null, paused: false },
  ...more,
});

/** An entry of /cluster; a stopped member has the word "unknown" for its lag and no timeline. */
export const listed = (name: string, role: string, lag: number | 'unknown' = 0, state = 'running') => ({
  name,
  role,
  state,
  api_url: 'http://127.0.0.1:8008/patroni',
  host: '127.0.0.1',
  port: 5432,
  ...(state === 'stopped' ? {} : { timeline: 1 }),
  ...(role === 'leader' ? {} : { lag }),
});

/** Listens on `ip`; all members of a test share one port, as in a cluster. */
export async function startStandIn(name: string, ip: string, port: number): Promise<StandIn> {
  const state: MemberState = { patroni: '', cluster: '', history: [] };
  const server: Server = createServer((request, response) => {
    const { [request.url?.slice(1) ?? '']: body = state.patroni } = { ...state };
    if (body === 'hang') return;
    // Codes of /patroni and /cluster are 200 in every state; a text stands for an error's body.
    response.writeHead(typeof body === 'string' ? 503 : 200, {
      'Content-Type': typeof body === 'string' ? 'text/html' : 'application/json',
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(port, ip);
  await once(server, 'listening');
  return {
    name,
    ip,
    state,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
