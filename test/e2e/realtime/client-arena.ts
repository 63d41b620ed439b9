import type { Arena } from '../../contract/realtime-client/client.suite.js';
import { startCuttingProxy } from '../../support/realtime-fleet/cutting-proxy.js';
import { createDice } from '../../support/realtime-fleet/dice.js';
import { until } from '../../support/world.js';
import { openRealtimeScene } from './scene.js';

interface Delivery {
  readonly state: string;
  readonly attempts: readonly object[];
}

export interface BadNetwork {
  /** How long a connection lives on average before something befalls it; nothing does when absent. */
  readonly meanLifeMs?: number;
}

/** The real gateway, behind a network that the test can cut. */
export async function openClientArena({ meanLifeMs }: BadNetwork = {}): Promise<Arena & { calm(): void }> {
  const scene = await openRealtimeScene();
  const dice = createDice(7);
  const proxy = await startCuttingProxy(Number(new URL(scene.url).port), { meanLifeMs: meanLifeMs ?? 1_000, dice });
  if (meanLifeMs === undefined) proxy.calm();
  /** An embedded store does one thing after the other. */
  const isInTurn = scene.world.flags['store.url']?.startsWith('pglite:') ?? false;
  /** Until then messages overtake one another: what counts is the order in which they lie in the mailbox. */
  const isTaken = (id: string) =>
    until(
      () => scene.call<{ data: Delivery[] }>('GET', `/v1/messages/${id}/deliveries`),
      ({ body }) => body.data.some(({ state, attempts }) => state !== 'queued' || attempts.length > 0),
    );
  const undelivered = new Map<string, Set<string>>();
  let devices = 0;

  return {
    url: `http://127.0.0.1:${proxy.port}`,
    async newDevice() {
      devices += 1;
      const device = `d${devices}`;
      await scene.register([device]);
      return device;
    },
    token: async (device) => scene.token(device),
    async send(device, data) {
      const id = await scene.send(device, 'hello', { data });
      if (!isInTurn) await isTaken(id);
      undelivered.set(device, (undelivered.get(device) ?? new Set()).add(id));
      return id;
    },
    cut: () => proxy.cutAll(),
    calm: () => proxy.calm(),
    // What the gateway does not call delivered waits for the device: the mailbox itself is nobody's to see.
    async waiting(device) {
      const ids = undelivered.get(device) ?? new Set();
      for (const id of ids) {
        const { body } = await scene.call<{ counts: { delivered: number } }>('GET', `/v1/messages/${id}`);
        if (body.counts.delivered === 1) ids.delete(id);
      }
      return [...ids];
    },
    async close() {
      await proxy.close();
      await scene.close();
    },
  };
}
