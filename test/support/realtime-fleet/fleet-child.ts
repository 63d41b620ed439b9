/**
 * A crowd of devices in a process of its own, which its parent tells what to do (`Order`) and which tells what happened
 * (`Told`).
 */
import { setMaxListeners } from 'node:events';
import type { Happening } from '../realtime-checker.js';
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.js';
import {
  type Arrival,
  type Complaint,
  createDevice,
  type Device,
  type DeviceOptions,
  type FleetFaults,
} from './device.js';
import { createDice } from './dice.js';
import { runPoll } from './poll-client.js';
import { runSse } from './sse-client.js';
import { runWebSocket } from './ws-client.js';

export type Order =
  | {
      readonly order: 'go';
      readonly port: number;
      readonly seed: number;
      readonly devices: readonly DeviceOptions[];
      readonly faults: FleetFaults;
      /** Mean time until a connection is cut. */
      readonly meanLifeMs: number;
    }
  /** The gateway is there now. */
  | { readonly order: 'lead'; readonly port: number }
  /** Connections are cut and acknowledgements lost from now on. */
  | { readonly order: 'storm' }
  /** No more faults; `cut`: after every connection was cut once more. */
  | { readonly order: 'calm'; readonly cut: boolean }
  | { readonly order: 'stop' };

export type Told =
  | { readonly told: 'happened'; readonly list: readonly (Happening | Complaint | Arrival)[] }
  | {
      readonly told: 'stopped';
      readonly connections: number;
      readonly cuts: Readonly<Record<string, number>>;
    };

const ROADS = { ws: runWebSocket, sse: runSse, poll: runPoll };
const CALM: FleetFaults = { acksLost: 0, handlerMs: 0 };
/** A client in a hurry: what docs/realtime-protocol.md says with a tenth of its times. */
const BACKOFF_MS = 100;
const BACKOFF_MAX_MS = 3_000;

let list: (Happening | Complaint | Arrival)[] = [];
let faults = CALM;
let stormFaults = CALM;
let proxy: CuttingProxy | undefined;
let connections = 0;
const stop = new AbortController();
setMaxListeners(0, stop.signal);

const tell = (told: Told) => void process.send?.(told);
function flush(): void {
  if (list.length === 0) return;
  tell({ told: 'happened', list });
  list = [];
}

async function live(device: Device, url: string): Promise<void> {
  let failures = 0;
  while (!stop.signal.aborted) {
    connections++;
    const begun = Date.now();
    const hint = await ROADS[device.road](device, url, () => faults, stop.signal);
    failures = hint === 0 || Date.now() - begun > 1_000 ? 0 : failures + 1;
    const wait = hint ?? device.dice.next() * Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** failures);
    if (wait > 0 && !stop.signal.aborted) await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

let crowd: Promise<unknown> = Promise.resolve();
process.on('message', async (given) => {
  const order = given as Order; // its parent is our own
  switch (order.order) {
    case 'go': {
      stormFaults = order.faults;
      const dice = createDice(order.seed);
      proxy = await startCuttingProxy(order.port, { meanLifeMs: order.meanLifeMs, dice });
      const url = `http://127.0.0.1:${proxy.port}`;
      const devices = order.devices.map((options, n) =>
        createDevice(
          options,
          createDice(order.seed + n + 1),
          () => faults,
          (happened) => void list.push(happened),
        ),
      );
      crowd = Promise.all(devices.map((device) => live(device, url)));
      setInterval(flush, 100).unref();
      return;
    }
    case 'lead':
      proxy?.leadTo(order.port);
      return;
    case 'storm':
      faults = stormFaults;
      proxy?.storm();
      return;
    case 'calm':
      faults = CALM;
      proxy?.calm();
      if (order.cut) proxy?.cutAll();
      return;
    case 'stop':
      stop.abort();
      await proxy?.close();
      await crowd;
      flush();
      tell({ told: 'stopped', connections, cuts: proxy?.cuts ?? {} });
      process.disconnect();
      return;
    default:
      throw new Error(`unknown order ${order satisfies never}`);
  }
});
process.on('disconnect', () => process.exit(0));
