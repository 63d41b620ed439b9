import { INBOX } from './inbox-states.js';

/** Name of the provider that sends over mailboxes, and of the registration that a device gets by connecting. */
export const REALTIME = 'realtime';

/** As the statements that end letters return them, see {@link ENDED_COLUMNS}. */
export interface EndedLetter {
  app: string;
  message: string;
  device: string;
  user_id: string | null;
  put_at: number;
}

/** Of a row of `inbox` (alias `b`) with its letter (`l`) and mailbox (`m`). */
export const ENDED_COLUMNS = 'm.app, l.message, m.device, m.user_id, l.put_at';
/** SQL: the delivery of row `b` with letter `l` ends with it. Of a hushed one a vendor has the word. */
export const ENDS_DELIVERY = `(b.state = ${INBOX.shown} AND l.message IS NOT NULL)`;
