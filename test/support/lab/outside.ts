// A machine outside the cluster that is connected to a pod: an address of its own behind the lab's bridge.
import { execFile } from 'node:child_process';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { Client, type ClientConfig } from 'pg';
import type { Lab } from './lab.ts';

/** A private address that is in no network of pods; it goes with the lab's bridge. */
export const outsideAddress = (lab: Pick<Lab, 'subnet'>) => `10.198.${lab.subnet.split('.')[2]}.9`;

/** A session from there; its end is the caller's. */
export async function connectFromOutside(lab: Lab, to: ClientConfig): Promise<Client> {
  const address = outsideAddress(lab);
  const bridge = `hrlab${lab.subnet.split('.')[2]}`;
  await promisify(execFile)('ip', ['address', 'replace', `${address}/32`, 'dev', bridge]);
  const client = new Client({ ...to, stream: () => socketFrom(address) });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The driver connects the socket itself: this one adds from where. */
function socketFrom(localAddress: string): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket) as (options: object) => Socket;
  return Object.assign(socket, {
    connect: (port: number, host: string) => connect({ port, host, localAddress }),
  });
}
