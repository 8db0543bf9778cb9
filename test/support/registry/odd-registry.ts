/** A stand-in for a registry in bad weather: it answers what it is told to, which a real one does only when it is ill. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OddRegistry {
  readonly host: string;
  /** Every request, as `METHOD path` and the login it carried. */
  readonly asked: { readonly what: string; readonly authorization: string | undefined }[];
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  close(): Promise<void>;
}

export async function startOddRegistry(): Promise<OddRegistry> {
  const odd: Pick<OddRegistry, 'asked'> & { answer: OddRegistry['answer'] } = {
    asked: [],
    answer: (_request, response) => response.writeHead(404).end(),
  };
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    odd.asked.push({ what: `${request.method} ${request.url}`, authorization });
    odd.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(odd, {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}
