import assert from 'node:assert/strict';
import { apnsKind } from '../../../providers/apns/kind.js';
import { realtimeKind } from '../../../providers/realtime/kind.js';
import { webpushKind } from '../../../providers/webpush/kind.js';
import { type Attempt, DELIVERY_STATES, type Delivery } from '../../../src/domain/delivery.js';
import { explainDelivery, type Voice } from '../../../src/domain/explain-delivery.js';
import { HOUSE_READINGS } from '../../../src/domain/house-readings.js';
import { REASONS } from '../../../src/domain/reason.js';

const T = Date.UTC(2031, 4, 6, 7, 8, 9, 123);
const voices: Readonly<Record<string, Voice>> = { apns: apnsKind, web: webpushKind, realtime: realtimeKind };
const voiceOf = (provider: string) => voices[provider];

function attempt(change: Partial<Attempt> = {}): Attempt {
  return { provider: 'apns', at: T, outcome: 'accepted', ms: 12, ...change };
}

function delivery(change: Partial<Delivery> = {}): Delivery {
  return {
    message: 'msg_1',
    key: 'phone1',
    device: 'phone1',
    user: 'alice',
    state: 'queued',
    reason: null,
    provider: 'apns',
    attempts: [],
    queuedAt: T - 1_000,
    ...change,
  };
}

const connection = (change: Partial<Attempt>) => attempt({ provider: 'realtime', ...change });
const OFFLINE = { outcome: 'away', reason: 'offline', isKept: true } as const;
const removed = attempt({
  outcome: 'unregistered',
  reason: 'token_invalid',
  vendor: { status: 410, code: 'Unregistered' },
});
const sandbox = attempt({
  outcome: 'rejected',
  reason: 'token_wrong_app',
  vendor: { status: 400, code: 'BadDeviceToken' },
});
const throttled = attempt({
  outcome: 'deferred',
  reason: 'rate_limited',
  vendor: { status: 429, code: 'TooManyRequests' },
});
const unreachable = attempt({
  outcome: 'deferred',
  reason: 'provider_unavailable',
  vendor: { text: 'connect ECONNREFUSED' },
});
const wrongKey = attempt({
  outcome: 'misconfigured',
  reason: 'credential_rejected',
  detail: 'APNs cannot verify the provider token',
  vendor: { status: 403, code: 'InvalidProviderToken' },
});
const gone = attempt({
  outcome: 'misconfigured',
  reason: 'credential_rejected',
  detail: "the app's file has no provider 'old'",
  provider: 'old',
});
const unanswered = attempt({ outcome: 'uncertain', reason: 'uncertain' });

/** What stands in the record; the sentence; the beginning of the cure, or null. */
const golden: readonly [Partial<Delivery>, string, RegExp | null][] = [
  [{}, 'Waits for its first attempt over Apple.', null],
  [{ provider: null }, 'Waits for its turn.', null],
  [
    { attempts: [throttled], nextAttemptAt: T + 60_000 },
    'Waits for its next attempt at 2031-05-06T07:09:09Z: Apple said 429 TooManyRequests at 2031-05-06T07:08:09Z: this device is throttled.',
    /^Send to one device less often/,
  ],
  [
    { attempts: [unreachable], nextAttemptAt: T + 60_000 },
    'Waits for its next attempt at 2031-05-06T07:09:09Z: the attempt over Apple at 2031-05-06T07:08:09Z met this: the provider could not be reached, or could not take it (connect ECONNREFUSED).',
    /pealbell doctor/,
  ],
  [
    { attempts: [wrongKey], nextAttemptAt: T + 60_000 },
    'Waits for its next attempt at 2031-05-06T07:09:09Z: Apple said 403 InvalidProviderToken at 2031-05-06T07:08:09Z: the provider token cannot be verified.',
    /`key_id` and `team_id`/,
  ],
  [
    { attempts: [gone], provider: 'old' },
    "Waits for its next attempt: the attempt over 'old' at 2031-05-06T07:08:09Z met this: the provider refuses the credentials of this app (the app's file has no provider 'old').",
    /^Mend the provider/,
  ],
  [
    { state: 'sent', attempts: [attempt()], sentAt: T, settledAt: T },
    'Apple took it at 2031-05-06T07:08:09Z; whether the device showed it is not known.',
    null,
  ],
  [
    { state: 'sent', attempts: [throttled, throttled, attempt()], sentAt: T, settledAt: T },
    'Apple took it at 2031-05-06T07:08:09Z, at attempt 3; whether the device showed it is not known.',
    null,
  ],
  [
    { provider: 'realtime', attempts: [connection({ outcome: 'awaited' })], nextAttemptAt: T + 8_000 },
    'Handed over to the device at 2031-05-06T07:08:09Z; its answer is awaited until 2031-05-06T07:08:17Z.',
    null,
  ],
  [
    { attempts: [connection({ outcome: 'away', reason: 'no_ack', detail: 'waited 8.1 s', isKept: true })] },
    'Waits for its next attempt: the attempt over the realtime connection at 2031-05-06T07:08:09Z met this: the device was connected, but did not confirm the message in time (waited 8.1 s).',
    null,
  ],
  [
    { state: 'sent', provider: 'realtime', attempts: [connection(OFFLINE)], sentAt: T, settledAt: T },
    'It waits for the device since 2031-05-06T07:08:09Z, and is shown when that connects: the device was not connected.',
    null,
  ],
  [
    { state: 'sent', provider: 'realtime', attempts: [connection(OFFLINE), removed], sentAt: T, settledAt: T },
    'It waits for the device since 2031-05-06T07:08:09Z, and is shown when that connects: the device was not connected; no vendor took it: Apple said 410 Unregistered at 2031-05-06T07:08:09Z: the app was removed from this device, or its push token was replaced.',
    null,
  ],
  [
    { state: 'sent', attempts: [connection(OFFLINE), attempt()], sentAt: T, settledAt: T },
    'Apple took it at 2031-05-06T07:08:09Z, at attempt 2; whether the device showed it is not known.',
    null,
  ],
  [
    {
      ...{ state: 'failed', reason: 'offline', provider: 'realtime', settledAt: T },
      attempts: [connection({ outcome: 'away', reason: 'offline' })],
    },
    'Given up after 1 attempt: the attempt over the realtime connection at 2031-05-06T07:08:09Z met this: the device was not connected.',
    /^Give it a `delivery.ttl`/,
  ],
  [
    { state: 'failed', reason: 'token_invalid', attempts: [removed], settledAt: T },
    'Apple said 410 Unregistered at 2031-05-06T07:08:09Z: the app was removed from this device, or its push token was replaced.',
    null,
  ],
  [
    { state: 'failed', reason: 'token_wrong_app', attempts: [sandbox], settledAt: T },
    'Apple said 400 BadDeviceToken at 2031-05-06T07:08:09Z: this is no push token of this environment.',
    /^A sandbox token sent to production\? Set `environment: "sandbox"`/,
  ],
  [
    { state: 'failed', reason: 'rate_limited', attempts: [throttled], settledAt: T },
    'Given up after 1 attempt: Apple said 429 TooManyRequests at 2031-05-06T07:08:09Z: this device is throttled.',
    /^Send to one device less often/,
  ],
  [
    { state: 'failed', reason: 'uncertain', attempts: [throttled, unanswered], settledAt: T },
    'Given up after 2 attempts: the attempt over Apple at 2031-05-06T07:08:09Z met this: it left, but no answer was seen, so it may have arrived.',
    /on_uncertain/,
  ],
  [
    {
      state: 'failed',
      reason: 'token_invalid',
      provider: 'web',
      attempts: [attempt({ ...removed, provider: 'web', vendor: { status: 410 } })],
    },
    'The push service said 410 at 2031-05-06T07:08:09Z: the subscription is gone: the person took the permission back, or the browser ended it.',
    null,
  ],
  [
    { state: 'failed', reason: 'no_registration', settledAt: T },
    "When its turn came the device had no live registration for alerts at 'apns'.",
    /^Let the app hand in its push token/,
  ],
  [
    { state: 'failed', reason: 'no_registration', provider: null, settledAt: T },
    'No provider of the app reaches this device: it has no live registration at any of them.',
    /^Let the app hand in its push token/,
  ],
  [
    { state: 'failed', reason: 'no_registration', provider: 'fcm', attempts: [removed], settledAt: T },
    "When its turn came the device had no live registration for alerts at 'fcm'; before that Apple said 410 Unregistered at 2031-05-06T07:08:09Z: the app was removed from this device, or its push token was replaced.",
    /^Let the app hand in its push token/,
  ],
  [
    { state: 'failed', reason: 'rate_limited', settledAt: T },
    'Not attempted: too much was sent at once.',
    /^Nothing, if it is rare/,
  ],
  [
    { state: 'expired', reason: 'expired', settledAt: T },
    'Its time to live was over at 2031-05-06T07:08:09Z before a provider took it.',
    /longer `delivery.ttl`/,
  ],
  [
    { state: 'expired', reason: 'expired', attempts: [wrongKey], settledAt: T + 60_000 },
    'Its time to live was over at 2031-05-06T07:09:09Z before a provider took it; before that Apple said 403 InvalidProviderToken at 2031-05-06T07:08:09Z: the provider token cannot be verified.',
    /`key_id` and `team_id`/,
  ],
  [
    { state: 'expired', reason: 'expired', sentAt: T, settledAt: T + 60_000 },
    'Its time to live was over at 2031-05-06T07:09:09Z, before the device came for it.',
    null,
  ],
  [
    { state: 'recalled', provider: 'realtime', sentAt: T, settledAt: T + 60_000 },
    'Recalled at 2031-05-06T07:09:09Z, before the device came for it.',
    null,
  ],
  [
    { state: 'suppressed', reason: 'opted_out', settledAt: T },
    'Held back at 2031-05-06T07:08:09Z: notifications are switched off on this device.',
    /^Only the person can/,
  ],
  [
    { state: 'suppressed', reason: 'user_changed', settledAt: T },
    'Held back at 2031-05-06T07:08:09Z: by the time of the attempt the device belonged to somebody else, or to nobody.',
    /logged out/,
  ],
  [
    { state: 'suppressed', reason: 'no_device', settledAt: T },
    'Held back at 2031-05-06T07:08:09Z: the device was deleted before its turn came.',
    /register the device again/,
  ],
  [
    { state: 'canceled', reason: 'canceled', settledAt: T },
    'Canceled at 2031-05-06T07:08:09Z, before a provider took it.',
    null,
  ],
];

describe('the explanation of a delivery', () => {
  for (const [change, expected, cure] of golden) {
    it(expected, () => {
      const told = explainDelivery(delivery(change), voiceOf);
      assert.equal(told.sentence, expected);
      if (cure === null) assert.equal(told.cure, null);
      else assert.match(told.cure ?? '', cure);
    });
  }

  it('is a sentence for every state, reason and history there can be', () => {
    for (const state of DELIVERY_STATES) {
      for (const reason of [null, ...REASONS]) {
        for (const attempts of [[], [removed], [throttled, unanswered], [attempt()]]) {
          const { sentence } = explainDelivery(delivery({ state, reason, attempts }), voiceOf);
          assert.match(sentence, /^[A-Z].*[.)]$/);
          assert.doesNotMatch(sentence, /undefined|null|NaN/);
        }
      }
    }
  });
});

describe('the readings of the house', () => {
  for (const reason of REASONS) {
    it(`${reason} is a clause, and its cure sentences`, () => {
      const { means, cure } = HOUSE_READINGS[reason];
      assert.match(means, /^[a-z].*[^.]$/);
      if (cure !== undefined) assert.match(cure, /^[A-Z].*\.$/);
    });
  }

  it('tells that a vendor took it back', () => {
    const { sentence } = explainDelivery(delivery({ state: 'recalled', settledAt: T }), voiceOf);
    assert.equal(sentence, 'Recalled at 2031-05-06T07:08:09Z: Apple has told the device to take it away.');
  });

  it('tells what a vendor took and gave up later, in its words or the house’s', () => {
    const given = { state: 'failed', provider: 'apns', settledAt: T + 60_000 } as const;
    const spoken = attempt({ reason: 'token_invalid', vendor: { code: 'Unregistered' } });
    const one = explainDelivery(delivery({ ...given, reason: 'token_invalid', attempts: [spoken] }), voiceOf);
    assert.match(
      one.sentence,
      /^Apple took it at 2031-05-06T07:08:09Z, and said Unregistered later: the app was removed/,
    );
    const silent = attempt({ provider: 'old', reason: 'quota_exceeded' });
    const attempts = [throttled, silent];
    const other = explainDelivery(delivery({ ...given, provider: 'old', reason: 'quota_exceeded', attempts }), voiceOf);
    assert.match(other.sentence, /^'old' took it at .*Z, and gave it up later: /);
    assert.equal(other.cure, HOUSE_READINGS.quota_exceeded.cure ?? null);
  });
});
