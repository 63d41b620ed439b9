import type { Clock } from '../domain/time.js';
import type { Access } from '../usecases/access-tokens.js';
import type { ToldEvent } from '../usecases/record-told.js';
import { needsStream, type Upward } from './client-frame.js';
import type { EventFrame } from './event-frame.js';
import type { StoreDesk } from './store-desk.js';

export interface Untaken {
  readonly n: number;
  readonly code: string;
  readonly detail: string;
}

/**
 * Stores a run of events, or of upstream messages.
 *
 * @param stream must be there where they are upstream messages
 * @returns those that can never be taken; the others are safe
 * @throws only where the store cannot be reached
 */
export async function takeUpward(
  desk: Pick<StoreDesk, 'record' | 'add'>,
  { app, device, user }: Access,
  stream: string | undefined,
  run: readonly Upward[],
  clock: Clock,
): Promise<readonly Untaken[]> {
  const events = run.flatMap((frame) => (frame.t === 'event' ? [frame] : []));
  const ups = run.flatMap((frame) => (frame.t === 'up' ? [frame] : []));
  const untaken: Untaken[] = [];
  if (events.length > 0) {
    const recorded = await desk.record(
      // A device's clock may be ahead; nothing happened in the future.
      events.map((frame) => toldOf({ ...frame, at: Math.min(frame.at, clock.now()) }, { app, device }, stream)),
    );
    for (const [i, { n }] of events.entries()) {
      if (recorded[i] === 'unknown')
        untaken.push({ n, code: 'unknown_message', detail: 'this message was never for this device' });
    }
  }
  if (ups.length > 0 && stream !== undefined) {
    const items = ups.map(({ n, topic, data }) => ({ n, topic, data, at: clock.now() }));
    const { full } = await desk.add({ app, device, user, stream, items });
    for (const n of full)
      untaken.push({
        n,
        code: 'upstream_full',
        detail: "the app's server has not fetched what this device sent before",
      });
  }
  return untaken;
}

function toldOf(
  frame: EventFrame,
  { app, device }: { readonly app: string; readonly device: string },
  stream: string | undefined,
): ToldEvent {
  const { t: _, n, id, ...rest } = frame;
  const told = needsStream(frame) ? { told: { app, teller: `stream|${device}|${stream ?? ''}`, id: String(n) } } : {};
  // Only feedback goes without a message, as in both types.
  return { app, device, ...(id === undefined ? {} : { message: id }), ...told, ...rest } as ToldEvent;
}
