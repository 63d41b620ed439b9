import type { EpochMs } from '../../../domain/time.js';
import { ACCOUNTS } from '../documents/accounts.js';
import { born } from '../documents/aggregate.js';
import { MESSAGE_BLOCKS, type MessageBlockDoc, messageBlockId } from '../documents/message-blocks.js';
import type { Call } from '../engine/call.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { insertNew } from '../writing/insert-new.js';
import type { Debtors, Owed } from '../writing/outbox.js';

/** A message that waits for a stopped account of its app. */
export interface Blocked {
  readonly app: string;
  readonly message: string;
  readonly provider: string;
}

/** Tells once for each message and provider that it waits; what is to be told is owed by what remembers that it was. */
export async function tellBlocked(
  { db, outbox }: Ground,
  call: Call,
  these: readonly Blocked[],
  at: EpochMs,
): Promise<{ readonly debtors: readonly Debtors[]; readonly shares: readonly Owed[] }> {
  if (these.length === 0) return { debtors: [], shares: [] };
  const accounts = these.map(({ app, provider }) => `${app}|${provider}`);
  const stopped = await db.run(() =>
    db
      .of(ACCOUNTS)
      .find({ account: op({ $in: accounts }), isPaused: true, class: '' })
      .lean(),
  );
  const reasons = new Map(stopped.map(({ account, reason }) => [account, reason]));
  const shares = new Map<string, Owed>();
  for (const { app, message, provider } of these) {
    const reason = reasons.get(`${app}|${provider}`) ?? 'credential_rejected';
    const event = { app, type: 'message.blocked' as const, common: {}, entry: { message, provider, reason } };
    shares.set(messageBlockId(message, provider), { events: [event] });
  }
  const documents = these.flatMap(({ app, message, provider }): MessageBlockDoc[] => {
    const id = messageBlockId(message, provider);
    return [{ _id: id, ...born(call.o, outbox.pending(call, shares.get(id) ?? {}, at)), app }];
  });
  const model = db.of(MESSAGE_BLOCKS);
  const told = await insertNew(db, model, documents);
  for (const id of told) shares.delete(id);
  return { debtors: [{ spec: MESSAGE_BLOCKS, ids: [...shares.keys()] }], shares: [...shares.values()] };
}
