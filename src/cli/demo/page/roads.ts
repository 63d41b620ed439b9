/** What became of a message on the two roads of one device, at a glance. Pure. */

import type { Arrival } from './screen.js';
import type { GuestDevice, StoryEvent, VendorNews } from './told.js';
import { span } from './words.js';

export interface RoadWord {
  readonly text: string;
  readonly look: 'good' | 'wait' | 'called' | 'idle';
}

export interface Roads {
  readonly realtime: RoadWord;
  readonly vendor: RoadWord;
}

const IDLE: RoadWord = { text: 'not used', look: 'idle' };

/**
 * @param events of the message, every device's
 * @param calls that reached a vendor for it, every device's
 * @param arrivals of the message at this device
 * @param sentAt epoch milliseconds
 */
export function roadsOf(
  device: GuestDevice,
  events: readonly StoryEvent[],
  calls: readonly VendorNews[],
  arrivals: readonly Arrival[],
  sentAt: number,
): Roads {
  const own = events.filter((event) => event.device === device.id);
  return { realtime: realtimeWord(own, arrivals, sentAt), vendor: vendorWord(device, calls, sentAt) };
}

function realtimeWord(own: readonly StoryEvent[], arrivals: readonly Arrival[], sentAt: number): RoadWord {
  const arrived = arrivals.find(({ road }) => road === 'realtime');
  if (arrived !== undefined) {
    const when = span(arrived.at - sentAt);
    return arrived.show
      ? { text: `there in ${when}`, look: 'good' }
      : { text: `data only after ${when}: shown already`, look: 'good' };
  }
  const last = own.findLast(({ event, provider }) => event === 'delivery.attempted' && provider === 'realtime');
  if (last === undefined) return IDLE;
  if (last.outcome === 'awaited') return { text: 'waiting for its word', look: 'wait' };
  if (last.outcome === 'accepted') return { text: 'done', look: 'good' };
  return { text: last.reason === 'offline' ? 'not connected' : 'no answer', look: 'wait' };
}

function vendorWord(device: GuestDevice, calls: readonly VendorNews[], sentAt: number): RoadWord {
  const own = calls.filter((call) => call.device === device.id);
  const [first] = own;
  if (first === undefined) return { text: 'not called', look: 'idle' };
  const times = own.length === 1 ? 'called' : `called ${own.length} times, first`;
  return { text: `${times} after ${span(first.at - sentAt)}`, look: 'called' };
}
