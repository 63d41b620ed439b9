import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Follower } from './follow.js';
import type { Guest } from './guests.js';
import type { LedgerTail } from './ledger-tail.js';

const LOOK_EVERY_MS = 100;
/** Comments that keep what is between from taking a quiet stream for a dead one. */
const ALIVE_EVERY_MS = 15_000;

/** What a page is told as it happens, over a stream of events (WHATWG HTML, 9.2). */
export interface News {
  /** Takes the response over until the page goes. */
  subscribe(response: ServerResponse): void;
  /** Looks for news while a page listens, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export function createNews(house: {
  readonly devices: readonly Guest[];
  readonly ledger: LedgerTail;
  readonly follower: Follower;
}): News {
  const { devices, ledger, follower } = house;
  const pages = new Set<ServerResponse>();
  const tell = (event: string, data: unknown) => {
    for (const page of pages) page.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };

  async function look(): Promise<void> {
    for (const line of await ledger.next()) {
      const device = devices.find(({ address }) => address === line.token);
      if (device === undefined) continue;
      if (line.message !== undefined) follower.add(line.message);
      const { id, vendor } = device;
      const { message, accepted, at, status, title, body } = line;
      tell('vendor', { device: id, vendor, message, accepted, at, status, title, body });
    }
    for (const story of (await follower.changed()).toReversed()) tell('story', story);
  }

  return {
    subscribe(response) {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      response.write('retry: 1000\n\n');
      for (const story of follower.told().toReversed()) {
        response.write(`event: story\ndata: ${JSON.stringify(story)}\n\n`);
      }
      pages.add(response);
      const alive = setInterval(() => response.write(':\n\n'), ALIVE_EVERY_MS);
      response.once('close', () => {
        clearInterval(alive);
        pages.delete(response);
      });
    },
    async run(signal) {
      while (!signal.aborted) {
        // A gateway that is killed by hand and started again is part of the fun: nothing is missed meanwhile.
        if (pages.size > 0) await look().catch(() => undefined);
        await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
      for (const page of pages) page.end();
    },
  };
}
