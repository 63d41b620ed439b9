import { createLink, type LinkState, type Network } from './link.js';
import { createPane } from './pane.js';
import { roadsOf } from './roads.js';
import { type Arrival, arrive, clear, type Screen } from './screen.js';
import type { GuestDevice, Story, VendorNews } from './told.js';

/** So many arrivals are remembered for the roads below the screen. */
const ARRIVALS_MAX = 100;

/** One device: its connection, its screen, and what shows of both. */
export interface DeviceView {
  readonly pane: GuestDevice['pane'];
  readonly root: HTMLElement;
  /** Resolves when the device is there. */
  go(network: Network): Promise<void>;
  vendorCalled(news: VendorNews): void;
  /** @param newest the message that the roads are told of */
  show(newest: Story | undefined, calls: readonly VendorNews[]): void;
  /** Told when a message came over the device's own connection. */
  onArrival(listener: (message: string) => void): void;
}

export function createDeviceView(
  gateway: string,
  device: GuestDevice,
  sentAt: (message: string) => number | undefined,
): DeviceView {
  let screen: Screen = [];
  let arrivals: readonly Arrival[] = [];
  let state: LinkState = { look: 'offline', text: '' };
  const waiting: (() => void)[] = [];
  let tellArrival = (_message: string) => {};

  const pane = createPane(device, {
    network: (network) => link.go(network),
    opened({ message }) {
      link.opened(message);
      screen = clear(screen, [message], []);
      pane.showScreen(screen, sentAt);
    },
  });
  const link = createLink(gateway, device.id, {
    message: ({ id, tag, show, notification }) =>
      take({ ...{ message: id, road: 'realtime', at: Date.now(), tag, show }, ...notification }),
    clear(ids, tags) {
      screen = clear(screen, ids, tags);
      pane.showScreen(screen, sentAt);
    },
    state(next) {
      state = next;
      pane.showState(next);
      if (next.look === 'offline') pane.mark('offline');
      for (const look of waiting.splice(0)) look();
    },
  });

  function take(arrival: Arrival): void {
    arrivals = [...arrivals, arrival].slice(-ARRIVALS_MAX);
    screen = arrive(screen, arrival);
    pane.showScreen(screen, sentAt);
    tellArrival(arrival.message);
  }

  return {
    pane: device.pane,
    root: pane.root,
    go(network) {
      pane.choose(network);
      return new Promise((resolve) => {
        const look = () => {
          if (state.look === network) resolve();
          else waiting.push(look);
        };
        look();
      });
    },
    vendorCalled({ device: called, vendor, message, accepted, at, title, body }) {
      if (called !== device.id || !accepted || message === undefined) return;
      const text = { ...(title === undefined ? {} : { title }), ...(body === undefined ? {} : { body }) };
      take({ ...{ message, road: vendor, at, tag: message, show: true }, ...text });
    },
    show(newest, calls) {
      pane.showScreen(screen, sentAt);
      if (newest === undefined) return;
      const at = sentAt(newest.message);
      if (at === undefined) return;
      const own = arrivals.filter(({ message }) => message === newest.message);
      const called = calls.filter(({ message }) => message === newest.message);
      pane.showRoads(roadsOf(device, newest.events, called, own, at));
    },
    onArrival(listener) {
      tellArrival = listener;
    },
  };
}
