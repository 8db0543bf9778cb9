// A small DNS server for a lab's pods: the names of Services, nothing else (a stand-in for CoreDNS).
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const A = 1;
const noSuchName = 3;

/** Listens on port 53 of `address`. `find` gives the IPv4 addresses of a name, undefined for one that does not exist. */
export async function startNames(
  address: string,
  find: (name: string) => readonly string[] | undefined,
): Promise<{ stop(): Promise<void> }> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const answer = answerTo(message, find);
    if (answer) socket.send(answer, from.port, from.address, () => undefined);
  });
  socket.on('error', () => undefined);
  socket.bind(53, address);
  await once(socket, 'listening');
  return { stop: () => new Promise((done) => socket.close(() => done())) };
}

/** RFC 1035: header of 12 bytes, the question repeated, then records that point back to its name. */
function answerTo(
  message: Buffer,
  find: (name: string) => readonly string[] | undefined,
): Buffer | undefined {
  if (message.length < 17 || message.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    if (length > 63 || at + length + 5 > message.length) return undefined;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const end = at + 5;
  if (end > message.length) return undefined;
  const found = find(labels.join('.').toLowerCase());
  const addresses = message.readUInt16BE(at + 1) === A ? (found ?? []) : [];
  const header = Buffer.alloc(12);
  message.copy(header, 0, 0, 2);
  // An answer with authority; recursion is said to be available, or clients ask elsewhere.
  header.writeUInt16BE(0x8580 | (found ? 0 : noSuchName), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((one) =>
    Buffer.from([0xc0, 12, 0, A, 0, 1, 0, 0, 0, 2, 0, 4, ...one.split('.').map(Number)]),
  );
  return Buffer.concat([header, message.subarray(12, end), ...records]);
}
