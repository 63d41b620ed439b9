import type { Environment } from '../../../domain/device.js';
import type { EpochMs } from '../../../domain/time.js';
import { deviceTelling } from '../devices/device-events.js';
import { REGISTRATIONS, type RegistrationDoc, registrationKey } from '../documents/registrations.js';
import type { Call } from '../engine/call.js';
import type { Wanted } from '../events/event-writer.js';
import type { Telling } from '../events/telling.js';
import type { Ground } from '../ground.js';
import { type Made, makeOrChangeEach } from '../writing/make-or-change.js';

/** A device's word that a push token is its own. */
export interface Claim {
  readonly app: string;
  readonly provider: string;
  readonly tokenHash: string;
  /** `_id` and life of the device. */
  readonly owner: string;
  readonly life: number;
  readonly environment: Environment;
  readonly purpose: string;
  readonly at: EpochMs;
}

export interface ClaimTerms {
  readonly wanted: Wanted;
  readonly now: EpochMs;
  /** Devices (`_id`s) of which the call tells anyway that they are not as before. */
  readonly told: ReadonlySet<string>;
  /** Registrations as they were read before. */
  readonly first?: ReadonlyMap<string, RegistrationDoc>;
  /** Whether a registration is left as it is. */
  readonly leaves?: (registration: RegistrationDoc, claim: Claim) => boolean;
}

/** What claims have written and owe. */
export interface Claimed {
  /** Registrations that owe something. */
  readonly ids: readonly string[];
  readonly events: readonly Telling[];
}

/** Gives push tokens to devices. A live one that was another device's tells that this one has lost it. */
export async function claimTokens(
  { db, outbox }: Ground,
  call: Call,
  claims: readonly Claim[],
  { wanted, now, told, first, leaves }: ClaimTerms,
): Promise<Claimed> {
  const byId = new Map(claims.map((claim) => [registrationKey(claim.app, claim.provider, claim.tokenHash), claim]));
  /** Which registration tells of a device, however many it loses. */
  const tellers = new Map<string, string>();
  const owed = new Map<string, readonly Telling[]>();
  if (byId.size === 0) return { ids: [], events: [] };
  const prepare = () => ({
    decide(before: RegistrationDoc) {
      owed.delete(before._id);
      const claim = byId.get(before._id);
      if (claim === undefined || leaves?.(before, claim) === true) return undefined;
      const { owner } = before;
      const isTaken = before.retiredAt === 0 && owner !== claim.owner;
      if (isTaken && !told.has(owner) && (tellers.get(owner) ?? before._id) === before._id) {
        tellers.set(owner, before._id);
        owed.set(before._id, deviceTelling(wanted, 'device.updated', claim.app, owner.slice(claim.app.length + 1)));
      }
      return {
        set: { ...standing(claim), strikes: 0 },
        unset: ['retiredReason', 'strikeDay'] as const,
        out: outbox.pending(call, { events: owed.get(before._id) ?? [] }, now),
      };
    },
    make(id: string): Made<RegistrationDoc> | undefined {
      owed.delete(id);
      const claim = byId.get(id);
      if (claim === undefined) return undefined;
      const { app, provider, tokenHash } = claim;
      return { fields: { app, provider, tokenHash, ...standing(claim), strikes: 0 } };
    },
  });
  await makeOrChangeEach(db, db.of(REGISTRATIONS), [...byId.keys()], call, prepare, first);
  const owing = [...owed].filter(([, events]) => events.length > 0);
  return { ids: owing.map(([id]) => id), events: owing.flatMap(([, events]) => events) };
}

function standing({ owner, life, environment, purpose, at }: Claim) {
  return { owner, life, environment, purpose, confirmedAt: at, retiredAt: 0 };
}

/** Removes live registrations that devices do not list any more, each only as it was read. */
export async function dropRegistrations({ db }: Ground, these: readonly RegistrationDoc[]): Promise<void> {
  if (these.length === 0) return;
  const operations = these.map(({ _id, rev }) => ({ deleteOne: { filter: { _id, rev } } }));
  await db.run(() => db.of(REGISTRATIONS).bulkWrite(operations as never, { ordered: false }));
}
