import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createLoopbackCertificate } from '../../src/simulators/certificates.js';

export interface HttpsServer {
  readonly origin: string;
  /** PEM of the authority that its certificate is of. */
  readonly ca: string;
  answer: (req: IncomingMessage, res: ServerResponse) => void;
  /** Requests so far. */
  readonly asked: () => number;
  close(): Promise<void>;
}

/** An https server on localhost whose answers a test changes as it goes. */
export async function openHttpsServer(): Promise<HttpsServer> {
  const { ca, tls } = await createLoopbackCertificate();
  let asked = 0;
  const server = createServer({ ...tls, keepAlive: false }, (req, res) => {
    asked += 1;
    opened.answer(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const opened: HttpsServer = {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`, // listening on a port
    ca,
    answer: (_req, res) => res.writeHead(404).end(),
    asked: () => asked,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return opened;
}
