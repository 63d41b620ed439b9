import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { postboxKind } from '../support/receipt-kind.js';
import { type ProviderWorld, providerSuite } from './provider.suite.js';

/** The vendor of `test/support/receipt-kind.ts`, which this test commands. */
async function openPostboxWorld(): Promise<ProviderWorld> {
  const taken: string[] = [];
  const waiting: (() => void)[] = [];
  let isHolding = false;
  let onHeld = () => {};
  const firstHeld = new Promise<void>((resolve) => (onHeld = resolve));
  const answer = (to: string, res: ServerResponse) => {
    if (to === 'box-dead') res.writeHead(410).end();
    else res.end(`vendor-${taken.push(to)}`);
  };
  const server = createServer((req, res) => {
    let text = '';
    req.on('data', (chunk) => (text += chunk));
    req.on('end', () => {
      const { to } = JSON.parse(text) as { to: string };
      if (!isHolding) return answer(to, res);
      waiting.push(() => answer(to, res));
      onHeld();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const shut = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    kind: postboxKind,
    open: (env) => postboxKind.open({ endpoint: `http://127.0.0.1:${port}/`, secret: 's' }, env),
    goodToken: (at) => `box-good${at}`,
    deadToken: () => 'box-dead',
    badTokens: ['box-', 'box-A', ' box-a'],
    hold: () => {
      isHolding = true;
    },
    held: () => firstHeld,
    release: () => {
      isHolding = false;
      for (const go of waiting.splice(0)) go();
    },
    vanish: shut,
    taken: () => taken,
    close: shut,
  };
}

providerSuite('a kind whose vendor tells of receipts', openPostboxWorld);
