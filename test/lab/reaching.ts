// Ways into a lab that a test takes beside kubectl: a forwarded port, a look at what a lab left on this machine.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type KubeConfig, PortForward } from '@kubernetes/client-node';
import { born, isAlive } from '../support/control-plane/processes.ts';

/** GET of a pod's port through the API server and the kubelet. */
export async function throughForward(
  config: KubeConfig,
  pod: { readonly namespace: string; readonly name: string; readonly port: number },
  path: string,
): Promise<{ status: number; text: string }> {
  const forward = new PortForward(config);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    const joined = forward.portForward(pod.namespace, pod.name, [pod.port], socket, null, socket);
    // client-node leaves the local end open when the other closes.
    void joined.then((remote) => typeof remote !== 'function' && remote.on('close', () => socket.end()));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const answer = await fetch(url, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(30_000),
    });
    return { status: answer.status, text: await answer.text() };
  } finally {
    server.close();
  }
}

/** Processes as pid and start time, so that a pid which was given away again is not taken for them. */
export const remembered = (pids: readonly number[]) => pids.map((pid) => ({ pid, since: born(pid) }));

export const stillAlive = (processes: readonly { pid: number; since: number }[]) =>
  processes.filter(({ pid, since }) => isAlive(pid) && born(pid) === since).map(({ pid }) => pid);

/**
 * Words for each thing that a lab of this subnet, with these folders, has left on the machine. Its number may be that of
 * another lab by now, whose claim names other folders: then the network of that number is that lab's.
 */
export function leftOf(subnet: string, folders: readonly string[]): string[] {
  const number = subnet.split('.').at(-1) ?? '';
  const claims = '/run/handrail-labs';
  const ofNumber = readdirSync(claims).filter((name) => name === number || name.startsWith(`${number}.`));
  const names = (claim: string) => folders.some((folder) => textOf(join(claims, claim)).includes(folder));
  const ours = ofNumber.filter(names);
  const isAnothers = ofNumber.length > ours.length;
  const links = readdirSync('/sys/class/net').filter((name) =>
    new RegExp(`^(hrlab${number}$|hrl${number}v)`).test(name),
  );
  return [
    ...(isAnothers ? [] : links.map((name) => `link ${name}`)),
    ...ours.map((name) => `claim ${join(claims, name)}`),
    ...folders.filter((folder) => existsSync(folder)).map((folder) => `folder ${folder}`),
    ...textOf('/proc/mounts')
      .split('\n')
      .filter((line) => folders.some((folder) => line.includes(folder)))
      .map((line) => `mount ${line}`),
  ];
}

/** Empty when it has gone. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
