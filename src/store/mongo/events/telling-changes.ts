import type { EpochMs } from '../../../domain/time.js';
import type { Aggregate, Pending } from '../documents/aggregate.js';
import type { Call } from '../engine/call.js';
import type { CollectionSpec } from '../engine/collection.js';
import { type Ground, together } from '../ground.js';
import type { Telling } from './telling.js';

/** What documents tell by one call: a document that is asked for again tells what it was asked for last. */
export interface Tellings {
  readonly call: Call;
  /** Notes what the document with this id tells, and gives what it is to owe until that is told. */
  owe(id: string, tellings: readonly Telling[]): Pending | undefined;
  /** Takes back what one was to tell that was not written. */
  drop(id: string): void;
  /** Tells it, once the documents are written. */
  tell(): Promise<void>;
}

export function beginTellings(
  { outbox }: Pick<Ground, 'outbox'>,
  spec: CollectionSpec<Aggregate>,
  at: EpochMs,
): Tellings {
  const call = outbox.begin();
  const shares = new Map<string, readonly Telling[]>();
  return {
    call,
    owe(id, events) {
      shares.delete(id);
      if (events.length > 0) shares.set(id, events);
      return outbox.pending(call, { events }, at);
    },
    drop: (id) => void shares.delete(id),
    async tell() {
      if (shares.size === 0) return;
      const owed = together([...shares.values()].map((events) => ({ events })));
      await outbox.settle(call, [{ spec, ids: [...shares.keys()] }], owed, at);
    },
  };
}
