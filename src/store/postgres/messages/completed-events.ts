import type { MessageView } from '../../../ports/message-store.js';
import { endOf } from '../../shared/completed-event.js';
import { holdLogs } from '../events/event-writes.js';
import type { Telling, TellingTx } from '../events/telling-transaction.js';
import { type MessageRow, readViews, VIEW_COLUMNS } from './message-view.js';

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
