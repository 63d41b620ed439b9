import type { EventType } from '../../../domain/event.js';
import type { MessageClass } from '../../../domain/message.js';
import type { Reason } from '../../../domain/reason.js';
import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

/** An account, or one class of messages of it: whether it is paused, and what trouble of it was told. */
export interface AccountDoc extends Aggregate {
  readonly app: string;
  readonly provider: string;
  /** `app|provider`. */
  readonly account: string;
  /** Empty: the whole account. */
  readonly class: MessageClass | '';
  readonly isPaused: boolean;
  readonly until?: EpochMs;
  readonly reason?: Reason;
  readonly failures?: number;
  readonly since?: EpochMs;
  /** Kept until something passes, so that each change is told once. */
  readonly told?: EventType;
  readonly troubledSince?: EpochMs;
}

export const ACCOUNTS = collection<AccountDoc>(
  'accounts',
  {
    ...AGGREGATE,
    app: String,
    provider: String,
    account: String,
    class: String,
    isPaused: Boolean,
    until: Number,
    reason: String,
    failures: Number,
    since: Number,
    told: String,
    troubledSince: Number,
  },
  [
    { name: 'paused', keys: { isPaused: 1, app: 1, provider: 1, class: 1 } },
    { name: 'by_account', keys: { account: 1 } },
    OUT_INDEX,
  ],
);

/** `_id` is `app|provider`. */
export interface AcceptanceDoc {
  readonly _id: string;
  readonly app: string;
  readonly provider: string;
  readonly at: EpochMs;
}

export const ACCEPTANCES = collection<AcceptanceDoc>(
  'account_acceptances',
  { app: String, provider: String, at: Number },
  [{ name: 'by_app', keys: { app: 1, provider: 1 } }],
);

/** That a credential ends was told; it is one for each end and number of days. */
export interface CredentialTellingDoc extends Aggregate {
  readonly endsAt: EpochMs;
}

export const CREDENTIAL_TELLINGS = collection<CredentialTellingDoc>(
  'credential_tellings',
  { ...AGGREGATE, endsAt: Number },
  [OUT_INDEX],
);
