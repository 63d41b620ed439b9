/** What a vendor takes in a day. */
import type { MessageClass } from '../../src/domain/message.js';
import type { ProviderKind } from './kind.js';

/** How many messages of a class a vendor lets through in a day of its own. */
export interface DayQuota {
  readonly class: MessageClass;
  /** `device`: to each device; `account`: in all. */
  readonly per: 'device' | 'account';
  /** Inclusive. */
  readonly max: number;
}

export interface Quotas {
  /** When the vendor's day begins, in minutes after midnight UTC: 960 for 00:00 in Beijing. */
  readonly dayStartsMinutes: number;
  readonly quotas: readonly DayQuota[];
  /** Shares of a quota of the account, 0 to 1, at which people are told. */
  readonly tellAt: readonly number[];
}

/** The ability of kinds whose vendor bounds what it takes in a day. The house counts, and sends no more. */
export interface QuotaKeeping<Options> {
  /** Pure. */
  quotas(options: Options): Quotas;
}

export function isQuotaKeeping<Options>(
  kind: ProviderKind<Options>,
): kind is ProviderKind<Options> & QuotaKeeping<Options> {
  return 'quotas' in kind && typeof kind.quotas === 'function';
}
