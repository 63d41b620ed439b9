import type { EpochMs } from '../../../domain/time.js';
import type { AcceptResult, NewMessage } from '../../../ports/message-store.js';
import { EMPTY_END } from '../../shared/completed-event.js';
import { type PlannedChunk, plannedChunk } from '../chunks/chunk-docs.js';
import { MESSAGES, type MessageDoc } from '../documents/messages.js';
import type { Call } from '../engine/call.js';
import type { Wanted } from '../events/event-writer.js';
import type { Telling } from '../events/telling.js';
import { type Ground, together } from '../ground.js';
import type { Owed } from '../writing/outbox.js';
import { owedChunks, writeChunks } from './message-chunks.js';
import { placeMessages } from './message-claims.js';
import { messageDoc } from './message-docs.js';

/** A message with all that follows from it. */
interface Draft {
  readonly document: MessageDoc;
  readonly chunks: readonly PlannedChunk[];
  readonly owed: Owed;
}

/**
 * {@link MessageStore.accept}. A message comes with its chunks in it, by one insert; then they are written, and then they are
 * taken out of it. So there is never one without the other, and it is not over before that is done.
 */
export async function acceptMessages(
  ground: Ground,
  messages: readonly NewMessage[],
  now: EpochMs,
): Promise<AcceptResult[]> {
  if (messages.length === 0) return [];
  const { db, events, outbox } = ground;
  const wanted = await events.wanted(messages.map(({ accepted }) => accepted.app));
  const call = outbox.begin();
  const drafts = messages.map((message) => draftOf(ground, message, wanted, call, now));
  const placed = await placeMessages(
    db,
    drafts.map(({ document }) => document),
    call,
    now,
  );
  const unwritten = drafts.filter((_, i) => {
    const place = placed[i];
    return place?.kind === 'created' || (place?.kind === 'repeated' && place.owes);
  });
  await writeChunks(
    ground,
    unwritten.map(({ document: message, chunks }) => ({ message, chunks })),
    now,
    call.o,
  );
  const created = drafts.filter((_, i) => placed[i]?.kind === 'created');
  const debtors = created.filter(({ document }) => document.out !== undefined).map(({ document }) => document._id);
  await outbox.settle(call, [{ spec: MESSAGES, ids: debtors }], together(created.map(({ owed }) => owed)), now);
  return placed.map((place) => (place.kind === 'replayed' ? place : { kind: 'created' }));
}

function draftOf({ atRest, outbox }: Ground, message: NewMessage, wanted: Wanted, call: Call, now: EpochMs): Draft {
  const { id, app } = message.accepted;
  const chunks = message.chunks.map((chunk) => plannedChunk(id, chunk, message.handedUntil, atRest));
  const owed: Owed = {
    events: tellingsOf(message).filter(({ type }) => wanted(app, type)),
    ...(chunks.length === 0 ? {} : { work: owedChunks(chunks) }),
  };
  return { document: messageDoc(message, now, call.o, outbox.pending(call, owed, now), atRest), chunks, owed };
}

function tellingsOf({ accepted, class: lane, planned, chunks }: NewMessage): Telling[] {
  const { id: message, app } = accepted;
  const { devices } = accepted.audience;
  const entry = { message, class: lane, ...(devices === undefined ? {} : { devices }) };
  const queued: Telling = { app, type: 'message.queued', common: {}, entry };
  if (!planned || chunks.length > 0) return [queued];
  return [queued, { app, type: 'message.completed', common: {}, entry: { message, ...EMPTY_END } }];
}
