import { emptyCounts } from '../../domain/delivery.js';
import type { JsonObject } from '../../domain/json.js';
import type { MessageView } from '../../ports/message-store.js';

/** What `message.completed` says of how a message ended. */
export function endOf(view: Pick<MessageView, 'status' | 'counts' | 'reached' | 'reasons'>): JsonObject {
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
