import assert from 'node:assert/strict';
import type { Outcome, Quotas } from '../../../providers/contract.js';
import type { MessageClass } from '../../../src/domain/accepted-message.js';
import { freshProgress } from '../../../src/domain/chunk.js';
import type { PushToken } from '../../../src/domain/outcome.js';
import type { QuotaStore } from '../../../src/ports/quota-store.js';
import { createAccountGate } from '../../../src/usecases/account-gate.js';
import type { Addressed } from '../../../src/usecases/attempt-window.js';
import { ChunkWork } from '../../../src/usecases/chunk-work.js';
import { createQuotaKeeper } from '../../../src/usecases/keep-quotas.js';
import type { ConfiguredProvider } from '../../../src/usecases/provider-directory.js';
import { openTestStore, type TestStore } from '../../support/open-store.js';
import { keptLog } from '../http/serve.js';

const NOON = Date.UTC(2030, 0, 1, 12);
const HALF_DAY_MS = 43_200_000;
const RETRY = { baseMs: 1_000, capMs: 60_000, attemptsMax: 3 };
const ACCEPTED: Outcome = { kind: 'accepted' };

describe('keeping to the quotas of a vendor', function () {
  this.timeout(60_000);
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
  });
  after(() => store?.close());

  let apps = 0;
  function scene(quotas: Quotas | undefined) {
    const app = `app${apps++}`;
    const time = { now: NOON };
    const clock = { now: () => time.now };
    const log = keptLog();
    const calls: string[] = [];
    /** Notes calls that are a statement. */
    const noting = (name: string, these: readonly unknown[]) => {
      if (these.length > 0) calls.push(name);
    };
    const counted: Pick<QuotaStore, 'reserve' | 'release' | 'count'> = {
      reserve(places) {
        noting('reserve', places);
        return store.quotas.reserve(places);
      },
      release(places) {
        noting('release', places);
        return store.quotas.release(places);
      },
      count(taken, now) {
        noting('count', taken);
        return store.quotas.count(taken, now);
      },
    };
    const maker: ConfiguredProvider = {
      ...{ name: 'maker', kind: 'maker', nativeFor: [], check: () => [], parsePushToken: () => 't' as PushToken },
      limits: { batchTargetsMax: 1, payloadBytesMax: 1, ttlSecondsMax: 1 },
      ...(quotas === undefined ? {} : { quotas }),
    };
    const gate = createAccountGate({ accounts: store.accounts, clock, random: () => 0.5, retry: RETRY, log });
    const keeper = createQuotaKeeper({
      ...{ providers: { configured: () => [maker] }, quotas: counted, gate, clock, log },
      nextRoad: ({ index }) => (index === 0 ? { step: 1, provider: 'fcm' } : undefined),
    });
    let messages = 0;
    function message(keys: readonly string[], of: MessageClass = 'marketing'): Addressed[] {
      const id = `msg_${apps}_${messages++}`;
      const targets = keys.map((key) => ({ key, user: null }));
      const work = new ChunkWork(
        {
          ...{ id: `${id}.0`, message: id, app, provider: 'maker', step: 0, rendering: null, targets },
          ...{ fence: 1, crashes: 0, progress: freshProgress(keys.length), effects: [] },
        },
        {
          ...{ id, app, class: of, content: { overrides: {} } },
          terms: { priority: 'high', ttlSeconds: 3_600, onUncertain: 'resend', track: 'all' },
          ...{ createdAt: NOON, expiresAt: NOON + 3_600_000, canceled: false },
        },
        NOON + 10_000,
      );
      const address: Addressed['address'] = {
        ...{ provider: 'maker', token: 't' as PushToken, tokenHash: 'h', purpose: 'alert' },
        environment: 'production',
      };
      const device = { user: null, platform: 'android', registrations: [] } as const;
      return keys.map((key, index) => ({ work, index, key, address, device }));
    }
    /** Sends a window; who was let through. */
    async function through(window: readonly Addressed[], outcome = ACCEPTED): Promise<string[]> {
      const within = await keeper.reserve(window);
      for (const entry of within.entries) within.note(entry, outcome);
      await within.close();
      return within.entries.map(({ key }) => key);
    }
    return { app, time, log, calls, gate, message, through };
  }
  const perDevice = (max: number): Quotas => ({
    ...{ dayStartsMinutes: 0, tellAt: [] },
    quotas: [{ class: 'marketing', per: 'device', max }],
  });
  const perAccount = (max: number): Quotas => ({
    ...{ dayStartsMinutes: 0, tellAt: [] },
    quotas: [{ class: 'marketing', per: 'account', max }],
  });

  it('costs no statement where there is no quota, and one for a window of many messages where there is', async () => {
    const free = scene(undefined);
    assert.deepEqual(await free.through(free.message(['a', 'b'])), ['a', 'b']);
    assert.deepEqual(free.calls, []);
    const capped = scene(perDevice(1));
    assert.deepEqual(await capped.through(capped.message(['a'], 'transactional')), ['a']);
    assert.deepEqual(capped.calls, [], 'of the other class');
    const window = [capped.message(['a', 'b']), capped.message(['b', 'c']), capped.message(['d'], 'transactional')];
    assert.deepEqual(await capped.through(window.flat()), ['a', 'b', 'c', 'd']);
    assert.deepEqual(capped.calls, ['reserve']);
  });

  it('ends the road of a device that has had its part: over the next one, or for good, with the cap’s name', async () => {
    const { message, through, gate, app } = scene(perDevice(2));
    for (let n = 0; n < 2; n++) await through(message(['a', 'b']));
    const third = message(['a', 'b', 'c']);
    assert.deepEqual(await through(third), ['c']);
    const work = third[0]?.work;
    assert.ok(work);
    const { effects, deliveries } = work.snapshot();
    assert.deepEqual(
      effects.flatMap((effect) => (effect.kind === 'step' ? effect.targets.map(({ key }) => key) : [])),
      ['a'],
    );
    const b = deliveries.find(({ key }) => key === 'b');
    assert.deepEqual([b?.state, b?.reason], ['failed', 'quota_exceeded']);
    assert.match(b?.attempts[0]?.detail ?? '', /^not asked: of marketing messages the device has had 2, as many as it/);
    assert.deepEqual(gate.admit(app, 'maker', 'marketing', 9), { admitted: 9 }, 'it is no trouble of the account');
  });

  it('gives the place back of what was not taken, and keeps that of what may have arrived', async () => {
    const { message, through } = scene(perDevice(1));
    const window = message(['a']);
    for (const kind of ['rejected', 'unregistered'] as const) {
      await through(window, kind === 'rejected' ? { kind, reason: 'payload_rejected' } : { kind });
    }
    assert.deepEqual(await through(window, { kind: 'uncertain' }), ['a']);
    assert.deepEqual(await through(window, { kind: 'uncertain' }), ['a'], 'the same delivery again');
    assert.deepEqual(await through(message(['a'])), []);
  });

  it('keeps the place of what may have arrived before, whatever became of a later attempt', async () => {
    const { message, through } = scene(perDevice(1));
    const window = message(['a']);
    await through(window, { kind: 'uncertain' });
    const attempt = { provider: 'maker', at: NOON, outcome: 'uncertain', reason: 'uncertain' } as const;
    window[0]?.work.postpone(0, { tries: 1, dueAt: NOON }, attempt);
    await through(window, { kind: 'deferred', scope: 'target', reason: 'rate_limited' });
    assert.deepEqual(await through(message(['a'])), []);
  });

  it('begins anew with the vendor’s day', async () => {
    const { message, through, time } = scene(perDevice(1));
    await through(message(['a']));
    time.now += HALF_DAY_MS - 1;
    assert.deepEqual(await through(message(['a'])), []);
    time.now += 1;
    assert.deepEqual(await through(message(['a'])), ['a']);
  });

  it('parks the class when the account’s quota is used up, until the day ends', async () => {
    const { message, through, gate, app, calls } = scene(perAccount(3));
    await through(message(['a', 'b']));
    await through(message(['c']), { kind: 'uncertain' });
    assert.deepEqual(gate.admit(app, 'maker', 'marketing', 9), { admitted: 9 });
    await through(message(['c', 'd']));
    const parked = gate.admit(app, 'maker', 'marketing', 9);
    assert.deepEqual([parked.admitted, parked.until], [0, NOON + HALF_DAY_MS]);
    assert.deepEqual(gate.admit(app, 'maker', 'transactional', 9), { admitted: 9 });
    assert.deepEqual(calls, ['count', 'count'], 'what nobody took is not counted');
  });

  it('lets none pass where none may', async () => {
    for (const quotas of [perAccount(0), perDevice(0)]) {
      const { message, through, calls } = scene(quotas);
      assert.deepEqual(await through(message(['a', 'b'])), []);
      assert.deepEqual(calls, []);
    }
  });

  it('has sent what was sent, also when it cannot be counted', async () => {
    const { message, through, log } = scene(perAccount(9));
    const { count } = store.quotas;
    Object.assign(store.quotas, { count: () => Promise.reject(new Error('the store is away')) });
    try {
      assert.deepEqual(await through(message(['a'])), ['a']);
    } finally {
      Object.assign(store.quotas, { count });
    }
    assert.deepEqual(
      log.lines.map(({ event }) => event),
      ['quota.not_counted'],
    );
  });
});
