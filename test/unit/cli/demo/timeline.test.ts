import assert from 'node:assert/strict';
import { type AttemptState, createTimeline, type DeliveryState } from '../../../../src/cli/demo/timeline.js';

const AT = '2026-03-01T12:00:00.000Z';
const LATER = '2026-03-01T12:00:02.000Z';
const MUCH_LATER = '2026-03-01T12:00:09.000Z';

const delivery = (change: Partial<DeliveryState>): DeliveryState => ({
  device: 'phone-1',
  state: 'queued',
  reason: null,
  attempts: [],
  times: { queued: AT },
  ...change,
});
const throttled: AttemptState = {
  provider: 'apns',
  at: AT,
  ms: 20,
  outcome: 'deferred',
  reason: 'rate_limited',
  detail: 'Retry-After 2 s kept',
  vendor: { status: 429, code: 'TooManyRequests' },
};
const accepted: AttemptState = { provider: 'apns', at: LATER, ms: 3, outcome: 'accepted' };

describe('timeline of deliveries', () => {
  it('says nothing of a device that waits for its first attempt', () => {
    assert.deepEqual(createTimeline()([delivery({})]), []);
  });

  it('tells each attempt once, when it shows, with the end of the attempt as its time', () => {
    const news = createTimeline();
    const waiting = delivery({ attempts: [throttled] });
    const [first, ...none] = news([waiting]);
    assert.deepEqual(none, []);
    assert.deepEqual(
      { ...first },
      {
        device: 'phone-1',
        at: Date.parse(AT) + 20,
        tookMs: 20,
        answer: '429 TooManyRequests',
        meaning: 'Retry-After 2 s kept, will be tried again',
        kind: 'wait',
        isDead: false,
        isAccepted: false,
      },
    );
    assert.deepEqual(news([waiting]), []);
    const [second] = news([delivery({ state: 'sent', attempts: [throttled, accepted] })]);
    assert.deepEqual([second?.answer, second?.meaning, second?.isAccepted], ['', 'tried again, accepted', true]);
    assert.deepEqual(news([delivery({ state: 'sent', attempts: [throttled, accepted] })]), []);
  });

  it('names the road where it is another than before', () => {
    const over: AttemptState = { ...accepted, provider: 'fcm' };
    const [, second] = createTimeline()([delivery({ state: 'sent', attempts: [throttled, over] })]);
    assert.equal(second?.meaning, 'over Google instead: accepted');
  });

  it('does not promise another try to a device that is settled', () => {
    const times = { queued: AT, failed: LATER };
    const failed = delivery({ state: 'failed', reason: 'rate_limited', attempts: [throttled], times });
    assert.deepEqual(
      createTimeline()([failed]).map(({ answer, meaning }) => [answer, meaning]),
      [
        ['429 TooManyRequests', 'Retry-After 2 s kept'],
        ['failed', 'rate_limited'],
      ],
    );
  });

  it('marks a dead address, so that its retirement is looked up and not assumed', () => {
    const gone: AttemptState = {
      provider: 'apns',
      at: AT,
      outcome: 'unregistered',
      vendor: { status: 410, code: 'Unregistered' },
    };
    const entries = createTimeline()([delivery({ state: 'failed', reason: 'token_invalid', attempts: [gone] })]);
    assert.deepEqual(
      entries.map(({ answer, kind, isDead }) => [answer, kind, isDead]),
      [['410 Unregistered', 'bad', true]],
    );
  });

  it('tells a refusal for good as such', () => {
    const refused: AttemptState = {
      provider: 'apns',
      at: AT,
      outcome: 'rejected',
      vendor: { status: 400, code: 'BadDeviceToken' },
    };
    const [entry] = createTimeline()([delivery({ state: 'failed', reason: 'token_wrong_app', attempts: [refused] })]);
    assert.deepEqual([entry?.answer, entry?.kind], ['400 BadDeviceToken', 'bad']);
    assert.match(entry?.meaning ?? '', /never pass/);
  });

  it('tells ends that no vendor spoke, with their reason', () => {
    const expired = delivery({ state: 'expired', reason: 'expired', times: { queued: AT, expired: LATER } });
    const [entry, ...none] = createTimeline()([expired]);
    assert.deepEqual([entry?.answer, entry?.meaning, entry?.at, none], ['expired', 'expired', Date.parse(LATER), []]);
  });

  it('tells what a vendor told later', () => {
    const arrived = delivery({
      state: 'delivered',
      attempts: [accepted],
      times: { queued: AT, delivered: MUCH_LATER },
    });
    const [first, second] = createTimeline()([arrived]);
    assert.deepEqual([first?.meaning, second?.answer, second?.kind], ['accepted', 'delivered', 'good']);
  });

  it('puts what is new in the order in which it happened', () => {
    const entries = createTimeline()([
      delivery({ device: 'a', state: 'sent', attempts: [accepted] }),
      delivery({ device: 'b', attempts: [throttled] }),
    ]);
    assert.deepEqual(
      entries.map(({ device }) => device),
      ['b', 'a'],
    );
  });
});
