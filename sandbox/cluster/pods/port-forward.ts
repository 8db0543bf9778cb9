/** A kubelet's port-forward over WebSocket: each port has a data and an error channel. */
import { connect } from 'node:net';
import type { WebSocket } from 'ws';

export interface Door {
  readonly host: string;
  readonly port: number;
}

const DIAL_MS = 25;

/** Joins the socket to where the world says that the pod's ports lead; a port that leads nowhere is refused. */
export function servePortForward(
  socket: WebSocket,
  ports: readonly number[],
  doorOf: (port: number) => Door | undefined,
): void {
  const send = (channel: number, data: Buffer | string, sent: () => void = () => {}) => {
    if (socket.readyState !== socket.OPEN) return sent();
    socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(data as string)]), sent);
  };
  const connections = ports.map((port, index) => {
    const [data, problem] = [2 * index, 2 * index + 1];
    // The first frame of each channel is the port, two bytes, low one first.
    for (const channel of [data, problem]) send(channel, Buffer.from([port & 255, port >> 8]));
    const door = doorOf(port);
    if (!door) {
      const refused = `error forwarding port ${port}: dial tcp4 127.0.0.1:${port}: connect: connection refused`;
      // As with a real node, the refusal comes a moment after the connection is there.
      setTimeout(() => send(problem, refused, () => socket.close(1000)), DIAL_MS);
      return undefined;
    }
    const connection = connect(door.port, door.host);
    connection.on('data', (chunk) => {
      connection.pause();
      send(data, chunk, () => connection.resume());
    });
    connection.on('error', (error) => send(problem, `error forwarding port ${port}: ${error.message}`));
    connection.on('close', () => socket.close(1000));
    return connection;
  });
  socket.on('message', (message) => {
    const frame = Array.isArray(message) ? Buffer.concat(message) : Buffer.from(message as Buffer);
    const channel = frame[0] ?? 1;
    if (channel % 2 === 0) connections[channel / 2]?.write(frame.subarray(1));
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    for (const connection of connections) connection?.destroy();
  });
}
