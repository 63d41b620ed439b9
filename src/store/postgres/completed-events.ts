import { emptyCounts } from '../../domain/delivery.js';
import type { JsonObject } from '../../domain/json.js';
import type { MessageView } from '../../ports/message-store.js';
import { holdLogs } from './event-writes.js';
import { type MessageRow, readViews, VIEW_COLUMNS } from './message-view.js';
import type { Telling, TellingTx } from './telling-transaction.js';

/** Of the alias `m`: what {@link tellCompleted} wants to know of messages. */
export const COMPLETED_COLUMNS = VIEW_COLUMNS.split(', ')
  .map((column) => `m.${column}`)
  .join(', ');

/** SQL: whether anybody hears of it when the message `row` completes. */
export function isCompletionWanted(row: string): string {
  return `EXISTS (SELECT 1 FROM pealbell.event_interest w WHERE w.app = ${row}.app AND w.type = 'message.completed')`;
}

/**
 * Tells of messages that this transaction has completed. The numbers are those of the log so far: whoever moves them next tells
 * it after us. Nothing may be locked after it.
 */
export async function tellCompleted(tx: TellingTx, rows: readonly MessageRow[]): Promise<void> {
  if (rows.length === 0) return;
  await holdLogs(
    tx,
    rows.map(({ app }) => app),
  );
  tx.tell((await readViews(tx, rows)).map(toTelling));
}

function toTelling(view: MessageView): Telling {
  return { app: view.app, type: 'message.completed', common: {}, entry: { message: view.id, ...endOf(view) } };
}

function endOf(view: Pick<MessageView, 'status' | 'counts' | 'reached' | 'reasons'>): JsonObject {
  const { status, counts, reached, reasons } = view;
  return { status, counts: { ...counts }, reached: { ...reached }, reasons: { ...reasons } };
}

/** What is told of a message that is for nobody. */
export const EMPTY_END: JsonObject = endOf({
  status: 'completed',
  counts: emptyCounts(),
  reached: { sent: 0, delivered: 0, displayed: 0, opened: 0 },
  reasons: {},
});
