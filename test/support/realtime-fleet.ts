/** Hundreds of devices on a bad network, in a process of their own; what their apps saw is for `realtime-checker.ts`. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Happening } from './realtime-checker.js';
import type { Complaint, DeviceOptions, FleetFaults } from './realtime-fleet/device.js';
import type { Order, Told } from './realtime-fleet/fleet-child.js';

const CHILD = fileURLToPath(new URL('./realtime-fleet/fleet-child.js', import.meta.url));

export type { DeviceOptions, FleetFaults };

export interface FleetReport {
  readonly connections: number;
  readonly cuts: Readonly<Record<string, number>>;
}

export interface Fleet {
  /** What happened so far, in order for each device. */
  readonly happenings: readonly Happening[];
  /** Breaches of the protocol by the gateway, and endings that a client does not come back from. */
  readonly complaints: readonly Complaint[];
  /** The gateway listens there now. */
  lead(port: number): void;
  /** From now on connections are cut and acknowledgements lost. */
  storm(): void;
  /**
   * No more faults: whoever is away comes back and stays. `cut`: everybody comes back once, so that what was lost on a
   * connection that lives on need not be waited for.
   */
  calm(cut: boolean): void;
  /** Resolves when every device has been let in once. @throws after `withinMs` */
  arrived(withinMs: number): Promise<void>;
  /** Resolves when so many messages have been handed over. @throws after `withinMs`, with how far it came */
  handed(count: number, withinMs: number): Promise<void>;
  stop(): Promise<FleetReport>;
}

export function startFleet(start: Omit<Extract<Order, { order: 'go' }>, 'order'>): Fleet {
  const child = fork(CHILD, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const happenings: Happening[] = [];
  const complaints: Complaint[] = [];
  const watchers = new Set<() => void>();
  let report: FleetReport | undefined;
  let handedCount = 0;
  let arrivedCount = 0;
  child.on('message', (given) => {
    const told = given as Told; // the child is our own
    if (told.told === 'stopped') {
      report = told;
      return;
    }
    for (const one of told.list) {
      if ('complaint' in one) complaints.push(one);
      else if ('arrived' in one) arrivedCount++;
      else {
        happenings.push(one);
        if (one.kind === 'handed') handedCount++;
      }
    }
    for (const look of watchers) look();
  });
  const ended = once(child, 'exit');
  const give = (order: Order) => void (child.connected && child.send(order));
  give({ order: 'go', ...start });
  return {
    happenings,
    complaints,
    lead: (port) => give({ order: 'lead', port }),
    storm: () => give({ order: 'storm' }),
    calm: (cut) => give({ order: 'calm', cut }),
    arrived: (withinMs) => until('have arrived', () => arrivedCount, start.devices.length, withinMs),
    handed: (count, withinMs) => until('were handed over', () => handedCount, count, withinMs),
    async stop() {
      give({ order: 'stop' });
      await ended;
      if (report === undefined) throw new Error('the fleet ended without a report');
      return report;
    },
  };

  function until(what: string, read: () => number, wanted: number, withinMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => {
        clearTimeout(timer);
        watchers.delete(look);
        if (error === undefined) resolve();
        else reject(error);
      };
      const look = () => {
        if (read() >= wanted) settle();
      };
      const timer = setTimeout(
        () => settle(new Error(`${read()} of ${wanted} ${what} within ${withinMs} ms`)),
        withinMs,
      );
      watchers.add(look);
      look();
    });
  }
}
