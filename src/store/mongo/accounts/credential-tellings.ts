import type { EpochMs } from '../../../domain/time.js';
import type { ExpiringCredential } from '../../../ports/account-store.js';
import { CREDENTIAL_TELLINGS, type CredentialTellingDoc } from '../documents/accounts.js';
import { born } from '../documents/aggregate.js';
import { beginTellings } from '../events/telling-changes.js';
import type { Ground } from '../ground.js';
import { insertNew } from '../writing/insert-new.js';

/** See `AccountStore.expiring`. */
export async function tellExpiring(ground: Ground, these: readonly ExpiringCredential[], now: EpochMs): Promise<void> {
  if (these.length === 0) return;
  const { db, events } = ground;
  const wanted = await events.wanted(these.map(({ app }) => app));
  const told = beginTellings(ground, CREDENTIAL_TELLINGS, now);
  const documents = new Map<string, CredentialTellingDoc>();
  for (const { app, provider, credential, endsAt, days } of these) {
    const _id = [app, provider, credential, endsAt, days].join('|');
    const type = 'credential.expiring';
    const entry = { provider, credential, expires_at: endsAt };
    const tellings = wanted(app, type) ? [{ app, type, common: {}, entry } as const] : [];
    documents.set(_id, { _id, ...born(told.call.o, told.owe(_id, tellings)), endsAt });
  }
  const known = await insertNew(db, db.of(CREDENTIAL_TELLINGS), [...documents.values()]);
  for (const id of known) told.drop(id);
  await told.tell();
}
