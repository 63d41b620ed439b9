import type { Pealbell } from '../../../../sdk/server/src/index.js';
import { DemoFailure } from '../failure.js';
import type { Desk } from './desk.js';
import { createFollower } from './follow.js';
import type { Guest } from './guests.js';
import { openLedgerTail } from './ledger-tail.js';
import type { Listener } from './listener.js';
import { createNews } from './news.js';
import { openSite } from './site.js';
import { readStaticFiles } from './static-files.js';

/**
 * Serves the page until the signal aborts.
 *
 * @param house.port 0 picks a free one
 * @returns the address to open
 * @throws DemoFailure when the port was taken meanwhile
 */
export async function openPage(house: {
  readonly gateway: Pealbell;
  readonly url: string;
  readonly desk: Desk;
  readonly guests: readonly Guest[];
  readonly simulator: { readonly url: string };
  readonly port: number;
  readonly signal: AbortSignal;
}): Promise<string> {
  const { gateway, url, desk, guests: devices, simulator, port, signal } = house;
  const follower = createFollower(gateway, signal);
  const news = createNews({ devices, follower, ledger: await openLedgerTail(simulator.url, signal) });
  const site = { port, gatewayUrl: url, devices, files: await readStaticFiles(), desk, follower, news };
  const listener = await openSite(site).catch((cause: NodeJS.ErrnoException): Listener => {
    if (cause.code !== 'EADDRINUSE') throw cause;
    throw new DemoFailure(`port ${port} was taken by another program meanwhile; start the demo once more`, { cause });
  });
  void news.run(signal).then(() => listener.close());
  return `http://localhost:${listener.port}/demo`;
}
