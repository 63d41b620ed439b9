import { createHash, timingSafeEqual } from 'node:crypto';
import type { CallbackAnswer, CallbackRequest, VendorReceipt } from '../../providers/contract.js';
import type { EpochMs } from '../domain/time.js';
import type { Log } from '../ports/log.js';
import type { TokenHasher } from '../ports/token-hasher.js';
import type { VendorNameStore } from '../ports/vendor-name-store.js';
import type { ProviderDirectory } from './provider-directory.js';
import type { RecordTold, ToldEvent } from './record-told.js';

/** Clocks of vendors are good, but not ours. */
const AHEAD_MS_MAX = 5 * 60_000;
const OLD_MS_MAX = 30 * 86_400_000;
const RECEIPTS_MAX = 1_000;
/** A longer one is none: what it says is known again by the state that it says. */
const RECEIPT_ID_CHARS_MAX = 128;

export type CallbackTaken =
  | { readonly kind: 'taken'; readonly answer: CallbackAnswer }
  | { readonly kind: 'forged' }
  | { readonly kind: 'unreadable'; readonly detail: string };

/** Where vendors tell what became of deliveries. */
export interface CallbackDesk {
  /** The secret of a provider's address; undefined for one whose vendor tells nothing. */
  secretOf(app: string, provider: string): string | undefined;
  /**
   * Whether somebody may call there: the app has this provider, its vendor tells of receipts, and the secret is right. It
   * takes as long whatever of these is wrong.
   */
  admits(app: string, provider: string, secret: string): boolean;
  /** Reads a call that was admitted, and records its receipts. A call that is repeated says nothing new. */
  take(app: string, provider: string, request: CallbackRequest): Promise<CallbackTaken>;
}

export function createCallbackDesk(house: {
  readonly providers: Pick<ProviderDirectory, 'configured'>;
  readonly hasher: Pick<TokenHasher, 'callback'>;
  readonly vendorNames: Pick<VendorNameStore, 'find'>;
  readonly recordTold: RecordTold;
  readonly log: Log;
}): CallbackDesk {
  const { providers, hasher, vendorNames, recordTold, log } = house;

  function reader(app: string, provider: string) {
    return providers.configured(app).find(({ name }) => name === provider)?.readReceipts;
  }

  /** The events that receipts are, as far as the deliveries are known. */
  async function eventsOf(
    app: string,
    provider: string,
    receipts: readonly VendorReceipt[],
    now: EpochMs,
  ): Promise<readonly ToldEvent[]> {
    const names = receipts.flatMap(({ vendorId, notificationId }) => [vendorId ?? [], notificationId ?? []].flat());
    const known = await vendorNames.find(app, provider, [...new Set(names)]);
    return receipts.flatMap(({ vendorId, notificationId, state, at = now, id }): ToldEvent[] => {
      const delivery = known.get(vendorId ?? '') ?? known.get(notificationId ?? '');
      if (delivery === undefined || state === 'failed' || at > now + AHEAD_MS_MAX || at < now - OLD_MS_MAX) return [];
      const told =
        id === undefined || id.length > RECEIPT_ID_CHARS_MAX ? {} : { told: { app, teller: `vendor|${provider}`, id } };
      const { message, key: device } = delivery;
      return [{ app, message, device, event: state, at: Math.min(at, now), ...told }];
    });
  }

  return {
    secretOf: (app, provider) => (reader(app, provider) === undefined ? undefined : hasher.callback(app, provider)),

    admits(app, provider, secret) {
      const isRight = isSame(secret, hasher.callback(app, provider));
      return reader(app, provider) !== undefined && isRight;
    },

    async take(app, provider, request) {
      const reading = reader(app, provider)?.(request) ?? { kind: 'forged' as const };
      if (reading.kind !== 'receipts') {
        log.warn({ app, provider, why: reading.kind }, 'callback.refused');
        return reading;
      }
      const { receipts, answer } = reading;
      if (receipts.length > RECEIPTS_MAX) return { kind: 'unreadable', detail: `more than ${RECEIPTS_MAX} receipts` };
      const events = await eventsOf(app, provider, receipts, request.receivedAt);
      const recorded = events.length === 0 ? [] : await recordTold(events);
      const changed = recorded.filter((word) => word === 'changed').length;
      const unknown = receipts.length - events.length + recorded.filter((word) => word === 'unknown').length;
      log.info({ app, provider, receipts: receipts.length, changed, unknown }, 'callback.taken');
      return { kind: 'taken', answer };
    },
  };
}

/** In a time that tells nothing of where they differ, or how long the right one is. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
