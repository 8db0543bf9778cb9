/** Patroni, played: each member's REST API on a port of its own, which refuses while the member does not run. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerTo, type PatroniAnswer } from './patroni-answers.ts';
import { PatroniCluster } from './patroni-cluster.ts';
import { commanded } from './patroni-commands.ts';

export class Patroni extends PatroniCluster {
  private readonly servers = new Map<string, Server>();
  /** Servers that are being ended. */
  private readonly ending = new Set<Promise<void>>();
  private isOpen = false;

  /** As of a cluster; members that went away stop listening, those that came begin to. */
  override look(up: (name: string) => string | undefined): boolean {
    const changed = super.look(up);
    this.follow();
    return changed;
  }

  /** The port on which a member's REST API answers; undefined while it does not run. */
  port(name: string): number | undefined {
    const address = this.servers.get(name)?.address();
    return this.find(name)?.up ? ((address ?? undefined) as AddressInfo | undefined)?.port : undefined;
  }

  /** From now on members that run can be asked. */
  async open(): Promise<void> {
    this.isOpen = true;
    await this.listening();
  }

  /** Once every member that runs can be asked. */
  async listening(): Promise<void> {
    this.follow();
    const starting = [...this.servers.values()].filter((server) => !server.listening);
    await Promise.all(starting.map((server) => once(server, 'listening')));
  }

  async close(): Promise<void> {
    this.isOpen = false;
    for (const name of this.servers.keys()) this.end(name);
    await Promise.all(this.ending);
  }

  private follow(): void {
    if (!this.isOpen) return;
    for (const { name, up } of this.members) {
      if (up && !this.servers.has(name)) {
        const server = createServer((request, response) => this.answer(name, request, response));
        this.servers.set(name, server.listen(0, '127.0.0.1'));
      } else if (!up) this.end(name);
    }
  }

  /** Nobody listens from now on, and whoever is still connected is cut off. */
  private end(name: string): void {
    const server = this.servers.get(name);
    if (!server) return;
    this.servers.delete(name);
    const ended = closed(server).finally(() => this.ending.delete(ended));
    this.ending.add(ended);
  }

  private answer(name: string, request: IncomingMessage, response: ServerResponse): void {
    const member = this.find(name);
    if (!member?.up) return void request.socket.destroy();
    const url = new URL(request.url ?? '/', 'http://patroni');
    const method = request.method ?? 'GET';
    const say = (answer: PatroniAnswer) => {
      const isJson = 'json' in answer;
      const body = isJson ? JSON.stringify(answer.json) : answer.text;
      response.writeHead(answer.code, { 'content-type': isJson ? 'application/json' : 'text/html' });
      response.end(method === 'HEAD' ? '' : body);
    };
    if (['GET', 'HEAD', 'OPTIONS'].includes(method)) return say(answerTo(this, member, url));
    if (!request.headers.authorization) return say({ code: 401, text: 'no auth header received' });
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => say(commanded(this, { method, path: url.pathname, body })));
  }
}

async function closed(server: Server): Promise<void> {
  // One that has not begun to listen yet cannot be closed: it would begin later.
  if (!server.listening) await once(server, 'listening');
  const done = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await done;
}
