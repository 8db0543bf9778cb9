// A kubelet's port-forward over WebSocket (v4 channels): each port has a data and an error channel.
import { connect } from 'node:net';
import type { WebSocket } from 'ws';

/** Joins the socket to `ports` on `host` until either side closes. */
export function servePortForward(socket: WebSocket, ports: readonly number[], host: string): void {
  const connections = ports.map((port, index) => {
    const [data, problem] = [2 * index, 2 * index + 1];
    // The first frame of each channel is the port, two bytes, low one first.
    for (const channel of [data, problem]) socket.send(Buffer.from([channel, port & 255, port >> 8]));
    const connection = connect(port, host);
    connection.on('data', (chunk) => {
      connection.pause();
      socket.send(Buffer.concat([Buffer.from([data]), chunk]), () => connection.resume());
    });
    connection.on('error', (error) => {
      if (socket.readyState === socket.OPEN) {
        socket.send(Buffer.concat([Buffer.from([problem]), Buffer.from(error.message)]));
      }
    });
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
    for (const connection of connections) connection.destroy();
  });
}
