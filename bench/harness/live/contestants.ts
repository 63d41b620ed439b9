/** Who can hold connections, and how each is started, connected to and asked; one at a time, because each has thousands of sockets. */
import type { Cores } from '../cores.js';
import type { MeasuredProcess } from '../measured-process.js';
import { startRival } from '../rival.js';
import { createFleet, type Fleet } from './fleet.js';
import type { HubAnswer, HubOrder, HubReady } from './hub.js';
import { bareWebSocket, mqtt, type Speech, socketIo } from './speech.js';

/** A server with its clients. */
export interface Contestant {
  readonly process: MeasuredProcess;
  readonly fleet: Fleet;
  ask(order: HubOrder): Promise<HubAnswer>;
  /** Requests that a vendor's simulator has taken so far; of those who have vendors. */
  vendorCalls?(): number;
  stop(): Promise<void>;
}

export interface Contest {
  readonly who: string;
  open(clients: number, cores: Cores): Promise<Contestant>;
}

export const wsAlone: Contest = hub('ws alone', 'ws-hub', ({ url }) => bareWebSocket(url));
export const socketIoHub: Contest = hub('Socket.IO', 'socket-io-hub', ({ url }) => socketIo(url));
export const socketIoRecovering: Contest = hub(
  'Socket.IO with connection state recovery',
  'socket-io-hub',
  ({ url }) => socketIo(url, true),
  { recovery: true },
);
export const aedes: Contest = hub('aedes, QoS 1', 'aedes-hub', ({ url }) => mqtt(url));
export const aedesKeeping: Contest = hub('aedes, QoS 1, sessions kept', 'aedes-hub', ({ url }) => mqtt(url, false));

function hub(who: string, file: string, speech: (ready: HubReady) => Speech, setup: object = {}): Contest {
  return {
    who,
    async open(clients, cores) {
      const rival = await startRival<HubOrder, HubAnswer, HubReady>(file, { clients, ...setup }, cores);
      const fleet = createFleet(clients, speech(rival.ready));
      return {
        process: rival.process,
        fleet,
        ask: (order) => rival.ask(order),
        async stop() {
          fleet.close();
          await rival.stop();
        },
      };
    },
  };
}
