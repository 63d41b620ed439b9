import type { Json } from '../../../domain/json.js';
import { REALTIME } from '../../../domain/route.js';
import type { EpochMs } from '../../../domain/time.js';
import { LETTER_ENDS, type LetterEnd } from '../../shared/letter-ends.js';
import { born } from '../documents/aggregate.js';
import { DELIVERIES, type DeliveryDoc, deliveryId } from '../documents/deliveries.js';
import type { MailboxDoc, MailEntry } from '../documents/mailboxes.js';
import type { Ground } from '../ground.js';
import { endSent, type SentEnd } from '../receipts/end-sent.js';
import { insertNew } from '../writing/insert-new.js';
import type { Carrier } from '../writing/outbox.js';
import { lettersOf } from './mailbox-rules.js';

/** A delivery that is recorded where its message keeps them; see `mailbox-log-done.ts`, which counts it. */
export type KeptDelivery = Omit<DeliveryDoc, '_id' | 'rev' | 'w' | 'out'>;

/** What follows in deliveries when a mailbox changes. */
export interface MailWork {
  readonly ends: readonly SentEnd[];
  readonly kept: readonly KeptDelivery[];
}

export const MAIL_WORK = 'mail';

/** Ends of the deliveries that wait for these letters as sent. Of a hushed one a vendor has the word. */
export function endsOf(
  { app, device, user }: Pick<MailboxDoc, 'app' | 'device' | 'user'>,
  entries: readonly MailEntry[],
  how: LetterEnd,
): readonly SentEnd[] {
  return lettersOf(entries.filter(({ show }) => show)).map(({ message, putAt }) => ({
    app,
    message,
    key: device,
    user: user ?? null,
    provider: REALTIME,
    sentAt: putAt,
    ...LETTER_ENDS[how],
  }));
}

/** Does what follows; all of it can be done again. */
export async function carryMail(ground: Ground, { ends, kept }: MailWork, at: EpochMs): Promise<void> {
  if (ends.length > 0) await endSent(ground, ends, at);
  if (kept.length === 0) return;
  const { o } = ground.outbox.begin();
  const documents = kept.map((delivery) => ({
    _id: deliveryId(delivery.message, delivery.key),
    ...born(o),
    ...delivery,
  }));
  await insertNew(ground.db, ground.db.of(DELIVERIES), documents);
}

export function mailCarrier(ground: Ground): Carrier {
  return (_source, what, at) => carryMail(ground, what as unknown as MailWork, at); // written by `mailWork`
}

export function mailWork(work: MailWork): { readonly kind: string; readonly what: Json } | undefined {
  if (work.ends.length === 0 && work.kept.length === 0) return undefined;
  return { kind: MAIL_WORK, what: work as unknown as Json }; // text and numbers only
}
