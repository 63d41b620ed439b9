import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type CallbackAnswer,
  type CallbackRequest,
  RECEIPTS_MAX,
  type VendorReceipt,
} from '../../providers/contract.js';
import type { VendorDetail } from '../domain/outcome.js';
import { isStorable, toStorable } from '../domain/storable.js';
import type { EpochMs } from '../domain/time.js';
import type { Log } from '../ports/log.js';
import type { GivenUp } from '../ports/receipt-store.js';
import type { TokenHasher } from '../ports/token-hasher.js';
import { type GiveUp, type Patience, patience } from './give-up.js';
import type { HeedNotices } from './heed-notices.js';
import type { DeliveryKey, NameDeliveries } from './name-deliveries.js';
import type { ProviderDirectory } from './provider-directory.js';
import type { RecordTold, ToldEvent } from './record-told.js';

/** Clocks of vendors are good, but not ours. */
const AHEAD_MS_MAX = 5 * 60_000;
const OLD_MS_MAX = 30 * 86_400_000;
/** Receipts that the store is asked about at once. */
const STEP_RECEIPTS = 1_000;
const VENDOR_CHARACTERS_MAX = 256;
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
  readonly nameDeliveries: NameDeliveries;
  readonly recordTold: RecordTold;
  readonly giveUp: GiveUp;
  readonly heedNotices: HeedNotices;
  readonly log: Log;
}): CallbackDesk {
  const { providers, hasher, nameDeliveries, recordTold, giveUp, heedNotices, log } = house;

  function reader(app: string, provider: string) {
    return providers.configured(app).find(({ name }) => name === provider)?.readReceipts;
  }

  async function record(
    app: string,
    provider: string,
    receipts: readonly VendorReceipt[],
    now: EpochMs,
    left: Patience,
  ) {
    const current = receipts.filter(({ at = now }) => at <= now + AHEAD_MS_MAX && at >= now - OLD_MS_MAX);
    const named = await nameDeliveries(app, provider, current);
    const told = current.flatMap((receipt, n) => toEvent(app, provider, receipt, named[n], now) ?? []);
    const lost = current.flatMap((receipt, n) => toGivenUp(app, provider, receipt, named[n], now) ?? []);
    const recorded = told.length === 0 ? [] : await recordTold(told);
    const ended = await giveUp(lost, left);
    const count = (wanted: string) => recorded.filter((word) => word === wanted).length;
    return {
      changed: count('changed') + ended.changed,
      unknown: receipts.length - told.length - lost.length + count('unknown') + ended.unknown,
    };
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
      const { receipts, notices = [], answer } = reading;
      if (receipts.length > RECEIPTS_MAX || notices.length > RECEIPTS_MAX)
        return { kind: 'unreadable', detail: `more than ${RECEIPTS_MAX} receipts` };
      const now = request.receivedAt;
      let changed = 0;
      let unknown = 0;
      const left = patience();
      for (const some of inSteps(receipts)) {
        const done = await record(app, provider, some, now, left);
        changed += done.changed;
        unknown += done.unknown;
      }
      for (const some of inSteps(notices)) await heedNotices(app, provider, some, now);
      log.info(
        { app, provider, receipts: receipts.length, changed, unknown, notices: notices.length },
        'callback.taken',
      );
      return { kind: 'taken', answer };
    },
  };
}

function inSteps<T>(items: readonly T[]): readonly (readonly T[])[] {
  const steps: T[][] = [];
  for (let from = 0; from < items.length; from += STEP_RECEIPTS) steps.push(items.slice(from, from + STEP_RECEIPTS));
  return steps;
}

function toEvent(
  app: string,
  provider: string,
  { state, at = Number.POSITIVE_INFINITY, id }: VendorReceipt,
  delivery: DeliveryKey | undefined,
  now: EpochMs,
): ToldEvent | undefined {
  if (delivery === undefined || state === 'failed') return undefined;
  const hasId = id !== undefined && id.length <= RECEIPT_ID_CHARS_MAX && isStorable(id);
  const told = hasId ? { told: { app, teller: `vendor|${provider}`, id } } : {};
  return { app, message: delivery.message, device: delivery.key, event: state, at: Math.min(at, now), ...told };
}

function toGivenUp(
  app: string,
  provider: string,
  { state, reason, vendor, at = Number.POSITIVE_INFINITY }: VendorReceipt,
  delivery: DeliveryKey | undefined,
  now: EpochMs,
): GivenUp | undefined {
  if (delivery === undefined || state !== 'failed') return undefined;
  const word = vendor === undefined ? {} : { vendor: toDetail(vendor) };
  return { ...delivery, app, provider, reason: reason ?? 'no_receipt', at: Math.min(at, now), ...word };
}

function toDetail({ status, code, text }: VendorDetail): VendorDetail {
  return {
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code: toStorable(code, VENDOR_CHARACTERS_MAX) }),
    ...(text === undefined ? {} : { text: toStorable(text, VENDOR_CHARACTERS_MAX) }),
  };
}

/** In a time that tells nothing of where they differ, or how long the right one is. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
