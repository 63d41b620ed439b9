import type { Clock } from '../domain/time.js';
import type { Access } from '../usecases/access-tokens.js';
import type { Upward } from './client-frame.js';
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
      events.map(({ id, event, action, at }) => ({
        app,
        message: id,
        key: device,
        state: event,
        // A device's clock may be ahead; nothing happened in the future.
        at: Math.min(at, clock.now()),
        ...(action === undefined ? {} : { action }),
      })),
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
