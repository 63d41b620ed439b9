import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Pealbell } from '../../sdk/server/src/index.js';
import { createSimulatorClient } from '../../src/cli/demo/simulator-client.js';
import { createDesk } from '../../src/cli/demo/site/desk.js';
import { registerGuest } from '../../src/cli/demo/site/guests.js';
import { openPage } from '../../src/cli/demo/site/open-page.js';
import { openWorld, type World } from './world.js';

/** The page of the demonstration before a gateway of this process. */
export interface DemoPage {
  readonly world: World;
  readonly pealbell: Pealbell;
  /** Where the page is. */
  readonly address: string;
  /** Whom a tab may talk to: the page's server and the gateway. */
  readonly origins: readonly string[];
  close(): Promise<void>;
}

export async function openDemoPage(): Promise<DemoPage> {
  const end = new AbortController();
  const { signal } = end;
  const world = await openWorld();
  try {
    await appendFile(join(world.configDir, 'apps/demo.yaml'), 'realtime:\n  origins: ["*"]\n');
    const gateway = await world.open();
    const url = gateway.api?.url ?? '';
    const key = await world.key(gateway);
    const pealbell = new Pealbell({ url, key, retries: 0 });
    const simulator = createSimulatorClient(world.simulators.controlUrl, signal);
    const guests = await registerGuest(pealbell, simulator, signal);
    const desk = createDesk({ gateway: pealbell, url, key, devices: guests, signal });
    const address = await openPage({ gateway: pealbell, url, desk, guests, simulator, port: 0, signal });
    return {
      ...{ world, pealbell, address, origins: [new URL(address).origin, url] },
      async close() {
        end.abort();
        await world.close();
      },
    };
  } catch (error) {
    end.abort();
    await world.close();
    throw error;
  }
}
