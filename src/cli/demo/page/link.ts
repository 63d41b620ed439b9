import { createRealtime, type RealtimeMessage } from '../../../../sdk/client/src/index.js';
import { askToken } from './house.js';
import { createTunnel } from './tunnel.js';

/** Where a device is. `silent`: its connection is open and nothing passes, as in a tunnel. */
export type Network = 'online' | 'silent' | 'offline';

/** How its connection is, in a word for people and one for the looks. */
export interface LinkState {
  readonly look: 'online' | 'waiting' | 'silent' | 'offline';
  readonly text: string;
}

export interface LinkEvents {
  message(message: RealtimeMessage): void;
  clear(ids: readonly string[], tags: readonly string[]): void;
  state(state: LinkState): void;
}

/** A device's own connection to the gateway, by the client that any app would use. */
export interface Link {
  go(network: Network): void;
  /** The person opened this message here. */
  opened(message: string): void;
}

export function createLink(gateway: string, device: string, events: LinkEvents): Link {
  const tunnel = createTunnel(WebSocket);
  let network: Network = 'offline';
  let client: ReturnType<typeof connect> | undefined;
  let known: LinkState = OFFLINE;
  let isInside = false;

  function connect() {
    const made = createRealtime({
      url: gateway,
      token: () => askToken(device),
      // Each pane is a device of its own, in every tab: the newest connection of a device counts.
      name: `pealbell-demo.${device}`,
      tabs: false,
      transports: ['websocket'],
      webSocket: tunnel.webSocket,
    });
    made.on('message', (message) => events.message(message));
    made.on('clear', ({ ids, tags }) => events.clear(ids, tags));
    made.on('state', (state) => {
      switch (state.kind) {
        case 'online':
          return tell({ look: 'online', text: `online over ${state.transport}` });
        case 'connecting':
          return tell({ look: 'waiting', text: 'connecting' });
        case 'waiting':
          return tell({
            look: 'waiting',
            text: `tries again in ${Math.ceil(state.retryInMs / 1_000)} s (${state.why})`,
          });
        case 'stopped':
          network = 'offline';
          client = undefined;
          return tell({
            look: 'offline',
            text: state.code === REPLACED ? 'another tab has this device now' : `the gateway ended it: ${state.why}`,
          });
        default:
          return tell(OFFLINE);
      }
    });
    made.connect();
    return made;
  }

  function tell(state: LinkState): void {
    known = state;
    // With a connection that stands: who enters without one is offline, no more.
    if (network === 'silent' && state.look === 'online') {
      isInside = true;
      tunnel.enter();
    }
    events.state(isInside ? SILENT : state);
  }

  return {
    go(next) {
      if (next === network) return;
      network = next;
      isInside = false;
      tunnel.leave();
      if (next === 'offline') {
        void client?.close();
        client = undefined;
        return tell(OFFLINE);
      }
      client ??= connect();
      tell(known);
    },
    opened: (message) => void client?.opened(message),
  };
}

/** Close code: a newer connection of the device is there. */
const REPLACED = 4509;
const OFFLINE: LinkState = { look: 'offline', text: 'not connected' };
const SILENT: LinkState = { look: 'silent', text: 'in a tunnel: connected, but nothing passes' };
