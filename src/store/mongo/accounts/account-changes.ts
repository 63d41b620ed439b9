import type { EventType } from '../../../domain/event.js';
import type { JsonObject } from '../../../domain/json.js';
import type { Reason } from '../../../domain/reason.js';
import type { EpochMs } from '../../../domain/time.js';
import type { AccountPause } from '../../../ports/account-store.js';
import type { AccountDoc } from '../documents/accounts.js';
import type { Aggregate } from '../documents/aggregate.js';
import type { Wanted } from '../events/event-writer.js';
import type { Telling } from '../events/telling.js';
import type { Change } from '../writing/change.js';

/** What becomes of an account, and what is to be told of it. */
export interface AccountStep {
  readonly set: Partial<Omit<AccountDoc, keyof Aggregate>>;
  readonly unset?: NonNullable<Change<AccountDoc>['unset']>;
  readonly tellings: readonly Telling[];
}

/** The later end wins: two workers may learn of the same trouble with different hints. */
export function pausedStep(before: AccountDoc | undefined, pause: AccountPause, wanted: Wanted): AccountStep {
  const { app, provider, reason } = pause;
  const of: AccountDoc['class'] = pause.class ?? '';
  const known = before?.isPaused === true ? before : undefined;
  const told = troubleOf(reason);
  const troubledSince = before?.told === undefined ? pause.since : before.troubledSince;
  const set = {
    ...{ app, provider, account: `${app}|${provider}`, class: of, isPaused: true, reason, told },
    until: Math.max(known?.until ?? pause.until, pause.until),
    failures: Math.max(known?.failures ?? pause.failures, pause.failures),
    since: Math.min(known?.since ?? pause.since, pause.since),
    troubledSince: troubledSince ?? pause.since,
  } as const;
  const tellings = before?.told === told ? [] : tell(wanted, set, told, { reason });
  return { set, tellings };
}

const PAUSE = ['until', 'reason', 'failures', 'since'] as const;

/** The pause is forgotten, without a word. */
export const FORGOTTEN: AccountStep = { set: { isPaused: false }, unset: PAUSE, tellings: [] };

/** Something passed: pause and trouble are over. */
export function recoveredStep(before: AccountDoc, wanted: Wanted): AccountStep {
  return {
    set: { isPaused: false },
    unset: [...PAUSE, 'told', 'troubledSince'],
    tellings: before.told === undefined ? [] : tell(wanted, before, 'provider.recovered', {}),
  };
}

/** What an account is in that does not fare well. */
function troubleOf(reason: Reason): EventType {
  return reason === 'credential_rejected' ? 'credential.rejected' : 'provider.degraded';
}

function tell(
  wanted: Wanted,
  {
    app,
    provider,
    class: of,
    troubledSince = 0,
  }: Pick<AccountDoc, 'app' | 'provider' | 'class'> & { troubledSince?: EpochMs },
  type: EventType,
  more: JsonObject,
): readonly Telling[] {
  if (!wanted(app, type)) return [];
  const entry = { provider, ...more, since: troubledSince, ...(of === '' ? {} : { class: of }) };
  return [{ app, type, common: {}, entry }];
}
