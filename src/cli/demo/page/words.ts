/** How the page says things. */
import type { GuestDevice, StoryEvent } from './told.js';

/** `4 ms`, `3.02 s`; never below nothing, for clocks differ a little. */
export function span(ms: number): string {
  const positive = Math.max(0, ms);
  return positive < 1_000 ? `${Math.round(positive)} ms` : `${(positive / 1_000).toFixed(2)} s`;
}

/** No message waits for less; a shorter wait was none, as on the route `parallel`. */
const ACK_TIMEOUT_MS_MIN = 1_000;

/** A step of a message's way: what is said of it, and how it looks. */
export interface Step {
  readonly at: number;
  readonly who: string;
  readonly text: string;
  readonly look: 'good' | 'wait' | 'plain' | 'bad';
}

/** @returns undefined for what tells a person nothing */
export function stepOf(event: StoryEvent, devices: readonly GuestDevice[]): Step | undefined {
  const device = devices.find(({ id }) => id === event.device);
  const base = { at: Date.parse(event.at), who: device?.pane ?? event.device ?? 'gateway' };
  switch (event.event) {
    case 'message.accepted':
      return { ...base, text: 'accepted: it is stored, 202', look: 'plain' };
    case 'message.completed':
      return { ...base, text: 'completed: nothing is left to do', look: 'plain' };
    case 'delivery.queued':
      return undefined;
    case 'delivery.attempted':
      // An attempt is told by when it began; what came of it is known when it ended.
      return { ...base, at: base.at + (event.ms ?? 0), ...attemptOf(event, device) };
    case 'delivery.delivered':
      return { ...base, text: 'delivered: the device says so', look: 'good' };
    case 'delivery.displayed':
      return { ...base, text: 'displayed', look: 'good' };
    case 'delivery.opened':
      return { ...base, text: 'opened', look: 'good' };
    case 'delivery.sent':
      return undefined; // the attempt said so
    default: {
      const state = event.event.replace('delivery.', '').replace('message.', '');
      return { ...base, text: [state, event.detail].filter(Boolean).join(': '), look: 'bad' };
    }
  }
}

function attemptOf(event: StoryEvent, device: GuestDevice | undefined): Pick<Step, 'text' | 'look'> {
  if (event.provider === 'realtime') {
    switch (event.outcome) {
      case 'accepted':
        return { text: 'realtime: handed over, the app is done with it', look: 'good' };
      case 'awaited':
        return { text: 'realtime: handed over, waiting for its word', look: 'wait' };
      default: {
        if (event.reason === 'no_ack' && (event.ms ?? 0) < ACK_TIMEOUT_MS_MIN) {
          return { text: 'realtime: handed over, not waited for', look: 'wait' };
        }
        const why = event.reason === 'offline' ? 'not connected' : 'no word';
        return { text: `realtime: ${[why, event.detail].filter(Boolean).join(', ')}`, look: 'wait' };
      }
    }
  }
  const vendor = device?.vendor ?? event.provider ?? 'the vendor';
  const said = [event.vendor?.status, event.vendor?.code ?? event.reason].filter(Boolean).join(' ');
  if (event.outcome === 'accepted') return { text: `${vendor}: called, accepted`, look: 'good' };
  return { text: `${vendor}: called, ${said || event.outcome || 'no answer'}`, look: 'bad' };
}
