import assert from 'node:assert/strict';
import { type DeliveryState, emptyCounts, isEnd, RISING_STATES } from '../../../src/domain/delivery.js';
import type { EventType } from '../../../src/domain/event.js';
import type { OpenedStore, Told } from './scene.js';

/** Every type that tells of messages and deliveries. */
export const MESSAGE_EVENTS: readonly EventType[] = [
  ...(['message.queued', 'message.completed', 'message.canceled', 'message.recalled', 'message.blocked'] as const),
  ...(['delivery.sent', 'delivery.delivered', 'delivery.displayed', 'delivery.opened', 'delivery.failed'] as const),
  ...(['delivery.expired', 'delivery.suppressed', 'delivery.canceled', 'delivery.recalled'] as const),
];

/** The states told of each delivery of a message, in order, by device or hash of the bare push token. */
export function statesTold(told: readonly Told[], message: string): Map<string, DeliveryState[]> {
  const states = new Map<string, DeliveryState[]>();
  for (const { type, data } of told) {
    if (!type.startsWith('delivery.') || data.message !== message) continue;
    assert.equal(type, `delivery.${data.state}`);
    assert.equal(typeof data.at, 'number');
    const key = String(data.device ?? data.token_hash);
    states.set(key, [...(states.get(key) ?? []), data.state as DeliveryState]); // its type says so
  }
  return states;
}

/**
 * What was told of a message, everything wanted from its first moment on, is what its counts say: every delivery that is
 * not queued was told, nothing twice or backwards, and the last word on each is its state.
 */
export async function assertTold(opened: OpenedStore, app: string, message: string): Promise<void> {
  const view = await opened.messages.view(app, message);
  assert.ok(view);
  const states = statesTold(await opened.told(app), message);
  const counts = emptyCounts();
  for (const [key, told] of states) {
    const rising: readonly DeliveryState[] = RISING_STATES;
    const places = told.map((state) => (isEnd(state) ? rising.length : rising.indexOf(state)));
    const isRising = places.every((place, i) => i === 0 || place > (places[i - 1] ?? -1));
    assert.ok(isRising, `${key} was told ${told.join(', ')}`);
    counts[told.at(-1) ?? 'queued']++;
  }
  counts.queued = view.counts.queued;
  assert.deepEqual(counts, { ...view.counts });
}
