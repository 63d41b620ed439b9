import assert from 'node:assert/strict';
import type { Outcome, PushToken } from '../../../providers/contract.js';
import type { DeliveryTerms, MessageClass } from '../../../src/domain/accepted-message.js';
import { type Chunk, type Effect, freshProgress } from '../../../src/domain/chunk.js';
import type { Attempt } from '../../../src/domain/delivery.js';
import { type AccountGate, createAccountGate } from '../../../src/usecases/account-gate.js';
import { ChunkWork } from '../../../src/usecases/chunk-work.js';
import { createRetire } from '../../../src/usecases/retire.js';
import { settle } from '../../../src/usecases/settle.js';
import { silentLog } from '../../support/open-queue.js';
import { openTestStore, type TestStore } from '../../support/open-store.js';

const NOW = Date.UTC(2030, 0, 1);
const RETRY = { baseMs: 1_000, capMs: 60_000, attemptsMax: 3 };

interface Expected {
  /** `state reason` of an end, or milliseconds until the next attempt. */
  readonly comes: string | number;
  /** Attempts that count, where it goes on. */
  readonly tries?: number;
  readonly owes?: Effect['kind'];
  /** Milliseconds for which the account is paused. */
  readonly pausedMs?: number;
  readonly blocked?: boolean;
  /** That class alone is paused. */
  readonly pausedClass?: MessageClass;
}

type Terms = Partial<DeliveryTerms> & { readonly expiresInMs?: number; readonly triesBefore?: number };

/** The clock stands still and the dice always say one half: every figure below is exact. */
const HALF = 0.5;
const SPREAD = 250;

const CASES: readonly [what: string, outcome: Outcome, terms: Terms, expected: Expected][] = [
  ['accepted: sent', { kind: 'accepted', vendorId: 'v' }, {}, { comes: 'sent' }],
  [
    'accepted, and the device says that it has it: delivered',
    { kind: 'accepted', delivered: true },
    {},
    { comes: 'delivered' },
  ],
  ['accepted as the last attempt: sent', { kind: 'accepted' }, { triesBefore: 2, ttlSeconds: 0 }, { comes: 'sent' }],
  [
    'unregistered: token_invalid, and the address is to be retired',
    { kind: 'unregistered', asOf: NOW - 5 },
    {},
    { comes: 'failed token_invalid', owes: 'retire' },
  ],
  [
    'rejected: the end for its reason',
    { kind: 'rejected', reason: 'payload_too_large' },
    {},
    { comes: 'failed payload_too_large' },
  ],
  [
    'token_wrong_app where nothing has ever passed: no strike',
    { kind: 'rejected', reason: 'token_wrong_app' },
    {},
    { comes: 'failed token_wrong_app' },
  ],
  [
    'deferred with Retry-After: that, exactly',
    { kind: 'deferred', scope: 'target', reason: 'rate_limited', retryAfterMs: 7_777 },
    {},
    { comes: 7_777, tries: 1 },
  ],
  [
    'deferred without one: half of the bound that the failures give',
    { kind: 'deferred', scope: 'target', reason: 'timeout' },
    { triesBefore: 1 },
    { comes: 1_000, tries: 2 },
  ],
  [
    'deferred because the vendor is away: the attempt does not count',
    { kind: 'deferred', scope: 'target', reason: 'provider_unavailable' },
    { triesBefore: 2 },
    { comes: 500, tries: 2 },
  ],
  [
    'deferred for the last time: the end for its reason',
    { kind: 'deferred', scope: 'target', reason: 'timeout' },
    { triesBefore: 2 },
    { comes: 'failed timeout' },
  ],
  [
    'deferred with TTL 0: one attempt, no more',
    { kind: 'deferred', scope: 'target', reason: 'timeout', retryAfterMs: 1 },
    { ttlSeconds: 0 },
    { comes: 'failed timeout' },
  ],
  [
    'deferred past the TTL: expired',
    { kind: 'deferred', scope: 'target', reason: 'rate_limited', retryAfterMs: 5_000 },
    { expiresInMs: 5_000 },
    { comes: 'expired expired' },
  ],
  [
    'deferred to just before the TTL: again',
    { kind: 'deferred', scope: 'target', reason: 'rate_limited', retryAfterMs: 4_999 },
    { expiresInMs: 5_000 },
    { comes: 4_999, tries: 1 },
  ],
  [
    'account deferred: the account waits, the target’s attempts do not count',
    { kind: 'deferred', scope: 'account', reason: 'quota_exceeded', retryAfterMs: 9_000 },
    { triesBefore: 2 },
    { comes: 9_000 + SPREAD, tries: 2, pausedMs: 9_000 },
  ],
  [
    'class deferred: as for the account, but the account goes on',
    { kind: 'deferred', scope: 'class', reason: 'quota_exceeded', retryAfterMs: 9_000 },
    { triesBefore: 2 },
    { comes: 9_000 + SPREAD, tries: 2, pausedMs: 9_000, pausedClass: 'transactional' },
  ],
  [
    'class deferred beyond the TTL: expired',
    { kind: 'deferred', scope: 'class', reason: 'quota_exceeded', retryAfterMs: 9_000 },
    { expiresInMs: 8_000 },
    { comes: 'expired expired', pausedMs: 9_000, pausedClass: 'transactional' },
  ],
  [
    'account deferred without Retry-After: back-off of the account',
    { kind: 'deferred', scope: 'account', reason: 'provider_unavailable' },
    {},
    { comes: 500 + SPREAD, tries: 0, pausedMs: 500 },
  ],
  [
    'account deferred with TTL 0: the end for its reason',
    { kind: 'deferred', scope: 'account', reason: 'rate_limited', retryAfterMs: 10 },
    { ttlSeconds: 0 },
    { comes: 'failed rate_limited', pausedMs: 10 },
  ],
  [
    'misconfigured: the account is blocked, nothing is retired, the message waits',
    { kind: 'misconfigured', what: 'the key was revoked' },
    { triesBefore: 2 },
    { comes: 500 + SPREAD, tries: 2, pausedMs: 500, blocked: true },
  ],
  [
    'misconfigured past the TTL: expired',
    { kind: 'misconfigured', what: 'x' },
    { expiresInMs: 600 },
    { comes: 'expired expired', pausedMs: 500, blocked: true },
  ],
  ['uncertain, resend: again', { kind: 'uncertain' }, {}, { comes: 500, tries: 1 }],
  ['uncertain, drop: the end', { kind: 'uncertain' }, { onUncertain: 'drop' }, { comes: 'failed uncertain' }],
  ['uncertain with TTL 0: the end', { kind: 'uncertain' }, { ttlSeconds: 0 }, { comes: 'failed uncertain' }],
  ['uncertain for the last time: the end', { kind: 'uncertain' }, { triesBefore: 2 }, { comes: 'failed uncertain' }],
];

function onlyPaused(gate: AccountGate, app: string): MessageClass | undefined {
  const isOpen = (of: MessageClass) => gate.admit(app, 'apns', of, 1).until === undefined;
  return !isOpen('transactional') && isOpen('marketing') ? 'transactional' : undefined;
}

describe('settle', function () {
  this.timeout(60_000);
  let store: TestStore;
  let apps = 0;
  before(async () => {
    store = await openTestStore();
  });
  after(() => store?.close());

  function house(app = `app${apps++}`) {
    const clock = { now: () => NOW };
    const random = () => HALF;
    const gate = createAccountGate({ accounts: store.accounts, clock, random, retry: RETRY, log: silentLog });
    return { app, settlement: { retry: RETRY, random, gate, nextRoad: () => undefined, isStopping: () => false } };
  }

  function work(app: string, terms: Terms, provider = 'apns', attempts: readonly Attempt[] = []): ChunkWork {
    const { expiresInMs = 3_600_000, triesBefore = 0, ...rest } = terms;
    const trouble = { tries: triesBefore, dueAt: NOW, crashes: 0, attempts };
    const chunk: Chunk = {
      id: 'msg_x.0',
      message: 'msg_x',
      app,
      provider,
      step: 0,
      rendering: null,
      targets: [{ key: 'd1', user: null }],
      fence: 1,
      crashes: 0,
      progress: { ...freshProgress(1), ...(triesBefore + attempts.length === 0 ? {} : { troubles: { 0: trouble } }) },
      effects: [],
    };
    const message = {
      id: 'msg_x',
      app,
      class: 'transactional',
      terms: { priority: 'high', ttlSeconds: 3_600, onUncertain: 'resend', track: 'all', ...rest },
      content: { overrides: {} },
      createdAt: NOW,
      expiresAt: NOW + expiresInMs,
      canceled: false,
    } as const;
    const work = new ChunkWork(chunk, message, NOW + 10_000);
    work.markStarted(0);
    return work;
  }

  for (const [what, outcome, terms, expected] of CASES) {
    it(what, () => {
      const { app, settlement } = house();
      const on = work(app, terms);
      settle(settlement, { work: on, index: 0, provider: 'apns', tokenHash: 'h', startedAt: NOW - 40 }, outcome, NOW);
      const { progress, deliveries, effects } = on.snapshot();
      const [delivery] = deliveries;
      assert.ok(delivery);
      const end = `${delivery.state} ${delivery.reason ?? ''}`.trim();
      assert.deepEqual(
        {
          comes: delivery.state === 'queued' ? (delivery.nextAttemptAt ?? 0) - NOW : end,
          tries: progress.troubles[0]?.tries,
          owes: effects[0]?.kind,
          pausedMs: (settlement.gate.admit(app, 'apns', 'transactional', 1).until ?? NOW) - NOW,
          pausedClass: onlyPaused(settlement.gate, app),
          blocked: settlement.gate.isBlocked(app, 'apns'),
        },
        { tries: undefined, owes: undefined, pausedMs: 0, pausedClass: undefined, blocked: false, ...expected },
      );
      const [attempt] = delivery.attempts.slice(-1);
      assert.deepEqual([attempt?.outcome, attempt?.at, attempt?.ms], [outcome.kind, NOW - 40, 40]);
    });
  }

  describe('where the route goes on for the reason', () => {
    const MOVES: readonly [outcome: Outcome, pausedMs: number][] = [
      [{ kind: 'unregistered' }, 0],
      [{ kind: 'rejected', reason: 'payload_too_large' }, 0],
      [{ kind: 'deferred', scope: 'target', reason: 'rate_limited', retryAfterMs: 9_000 }, 0],
      [{ kind: 'deferred', scope: 'account', reason: 'quota_exceeded', retryAfterMs: 9_000 }, 9_000],
      [{ kind: 'misconfigured', what: 'the key was revoked' }, 500],
    ];
    const moving = (isStopping = false) => {
      const { app, settlement } = house();
      const asked: string[] = [];
      const nextRoad = (_: object, reason: string) => {
        asked.push(reason);
        return { step: 1, provider: 'fcm' };
      };
      return { app, asked, settlement: { ...settlement, nextRoad, isStopping: () => isStopping } };
    };
    const attempted = { index: 0, provider: 'apns', tokenHash: 'h', startedAt: NOW - 40 };

    for (const [outcome, pausedMs] of MOVES) {
      for (const ttlSeconds of [3_600, 0]) {
        it(`${outcome.kind} ${'reason' in outcome ? outcome.reason : ''} with TTL ${ttlSeconds}: over to it at once`, () => {
          const { app, settlement, asked } = moving();
          const on = work(app, { ttlSeconds });
          settle(settlement, { ...attempted, work: on }, outcome, NOW);
          const { progress, deliveries, effects } = on.snapshot();
          assert.equal(progress.marks, 'm');
          assert.deepEqual([deliveries[0]?.state, deliveries[0]?.attempts.length], ['queued', 1]);
          assert.deepEqual(asked, [deliveries[0]?.attempts[0]?.reason]);
          const owed = outcome.kind === 'unregistered' ? ['retire', 'step'] : ['step'];
          assert.deepEqual(
            effects.map(({ kind }) => kind),
            owed,
          );
          assert.equal(
            (settlement.gate.admit(app, 'apns', 'marketing', 1).until ?? NOW) - NOW,
            pausedMs,
            'the account still waits',
          );
        });
      }
    }

    it('what may have arrived goes over no other road', () => {
      for (const onUncertain of ['resend', 'drop'] as const) {
        const { app, settlement } = house();
        const on = work(app, { onUncertain });
        const steps: string[] = [];
        const nextRoad = (_: object, reason: string) => void steps.push(reason);
        settle({ ...settlement, nextRoad }, { ...attempted, work: on }, { kind: 'uncertain' }, NOW);
        assert.notEqual(on.snapshot().progress.marks, 'm');
        assert.ok(
          steps.every((reason) => reason === 'uncertain'),
          'and no step can name that reason',
        );
      }
    });

    it('a canceled message goes nowhere', () => {
      const { app, settlement } = moving();
      const on = work(app, {});
      on.canceled = true;
      settle(settlement, { ...attempted, work: on }, { kind: 'unregistered' }, NOW);
      assert.deepEqual(on.snapshot().progress.reasons, { token_invalid: 1 });
    });

    it('a process that stops takes nothing it gave up itself for the road’s fault', () => {
      const { app, settlement } = moving(true);
      const waits = work(app, {});
      settle(settlement, { ...attempted, work: waits }, { kind: 'deferred', scope: 'target', reason: 'timeout' }, NOW);
      assert.equal(waits.snapshot().progress.marks, '.');
      const dead = work(app, {});
      settle(settlement, { ...attempted, work: dead }, { kind: 'unregistered' }, NOW);
      assert.equal(dead.snapshot().progress.marks, 'm', 'an answer is an answer');
    });
  });

  for (const outcome of [
    { kind: 'misconfigured', what: 'the key was revoked' },
    { kind: 'deferred', scope: 'account', reason: 'provider_unavailable', retryAfterMs: 60_000 },
  ] as const) {
    it(`${outcome.kind} over a provider that was replaced meanwhile: again soon, the account goes on`, () => {
      const { app, settlement } = house();
      const on = work(app, { triesBefore: 2 });
      const attempted = { work: on, index: 0, provider: 'apns', tokenHash: 'h', startedAt: NOW, isOverReplaced: true };
      settle(settlement, attempted, outcome, NOW);
      const { progress, deliveries } = on.snapshot();
      assert.deepEqual(
        [deliveries[0]?.state, (deliveries[0]?.nextAttemptAt ?? 0) - NOW, progress.troubles[0]?.tries],
        ['queued', SPREAD, 2],
      );
      assert.deepEqual(settlement.gate.admit(app, 'apns', 'marketing', 5), { admitted: 5 });
    });
  }

  describe('over the device’s own connection', () => {
    const attempted = { index: 0, provider: 'realtime', tokenHash: 'h', startedAt: NOW - 40 };
    const away = { kind: 'away', reason: 'no_ack', kept: true } as const;

    it('an answer that is awaited uses up nothing, and is asked for whenever the chunk comes', () => {
      const { app, settlement } = house();
      const on = work(app, { triesBefore: 2 });
      const awaited = { kind: 'awaited', since: NOW - 40, askAgainAt: NOW + 8_000 } as const;
      settle(settlement, { ...attempted, work: on }, awaited, NOW);
      const { progress, deliveries } = on.snapshot();
      const { tries, dueAt, handedAt, attempts } = on.trouble(0);
      assert.deepEqual([progress.marks, tries, dueAt, handedAt, attempts.length], ['.', 2, NOW + 8_000, NOW - 40, 0]);
      assert.deepEqual(
        [deliveries[0]?.attempts.at(-1)?.outcome, deliveries[0]?.nextAttemptAt],
        ['awaited', NOW + 8_000],
      );
      assert.deepEqual([on.due(NOW), on.awaited()], [[0], [on.target(0).key]]);
      on.letGo(NOW, false);
      assert.deepEqual(on.snapshot().next, { kind: 'release', dueAt: NOW + 8_000, blocked: false });
    });

    it('is told as one attempt, from when it was handed over to the answer', () => {
      const { app, settlement } = house();
      const on = work(app, {});
      const awaited = { kind: 'awaited', since: NOW - 8_100, askAgainAt: NOW } as const;
      settle(settlement, { ...attempted, work: on }, awaited, NOW);
      settle(settlement, { ...attempted, work: on }, { ...away, kept: false }, NOW);
      const [delivery] = on.snapshot().deliveries;
      assert.deepEqual([delivery?.state, delivery?.reason], ['failed', 'no_ack']);
      assert.deepEqual(
        delivery?.attempts.map(({ at, outcome, reason, detail, ms }) => [at, outcome, reason, detail, ms]),
        [[NOW - 8_100, 'away', 'no_ack', 'waited 8.1 s', 8_100]],
      );
    });

    it('goes on where the route does, and owes the silence of the copies', () => {
      const { app, settlement } = house();
      const on = work(app, {}, 'realtime');
      settle({ ...settlement, nextRoad: () => ({ step: 1, provider: 'apns' }) }, { ...attempted, work: on }, away, NOW);
      const [effect] = on.snapshot().effects;
      assert.ok(effect?.kind === 'step');
      assert.deepEqual([effect.hushes, effect.provider], [on.message.id, 'apns']);
    });

    it('is sent where the route ends and the mailbox keeps it, also when a vendor fails after it', () => {
      const { app, settlement } = house();
      const first = work(app, {}, 'realtime');
      settle(settlement, { ...attempted, work: first }, away, NOW);
      const ofFirst = first.snapshot();
      assert.deepEqual([ofFirst.progress.counts, ofFirst.progress.reasons, ofFirst.effects], [{ sent: 1 }, {}, []]);
      const second = work(app, {}, 'apns', [
        { provider: 'realtime', at: NOW - 9_000, outcome: 'away', reason: 'offline', isKept: true },
      ]);
      settle(
        settlement,
        { ...attempted, provider: 'apns', work: second },
        { kind: 'rejected', reason: 'payload_rejected' },
        NOW,
      );
      const { progress, deliveries, effects } = second.snapshot();
      assert.deepEqual([progress.counts, progress.reasons], [{ sent: 1 }, {}]);
      assert.deepEqual(
        deliveries.map(({ state, provider, sentAt, attempts }) => [state, provider, sentAt, attempts.length]),
        [['sent', 'realtime', NOW - 9_000, 2]],
      );
      assert.deepEqual(effects, [{ kind: 'show', message: second.message.id, devices: [second.target(0).key] }]);
    });

    for (const [reason, comes] of [
      ['superseded', 'suppressed'],
      ['user_changed', 'suppressed'],
      ['canceled', 'canceled'],
    ] as const) {
      it(`what is ${reason} ends, whatever the route says`, () => {
        const { app, settlement } = house();
        const on = work(app, {}, 'realtime');
        const nextRoad = () => ({ step: 1, provider: 'apns' });
        settle({ ...settlement, nextRoad }, { ...attempted, work: on }, { kind: 'obsolete', reason }, NOW);
        assert.deepEqual(
          [on.snapshot().progress.counts, on.snapshot().progress.reasons],
          [{ [comes]: 1 }, { [reason]: 1 }],
        );
      });
    }
  });

  it('strikes a registration only while the account’s other sends succeed', () => {
    const { app, settlement } = house();
    const attempted = { index: 0, provider: 'apns', tokenHash: 'h', startedAt: NOW };
    settle(settlement, { ...attempted, work: work(app, {}) }, { kind: 'accepted' }, NOW);
    const struck = (now: number) => {
      const on = work(app, {});
      settle(settlement, { ...attempted, work: on }, { kind: 'rejected', reason: 'token_wrong_app' }, now);
      return on.snapshot().effects.map(({ kind }) => kind);
    };
    assert.deepEqual(struck(NOW + 86_400_000 - 1), ['strike']);
    assert.deepEqual(struck(NOW + 86_400_000), []);
    const elsewhere = house();
    const on = work(elsewhere.app, {});
    settle(elsewhere.settlement, { ...attempted, work: on }, { kind: 'rejected', reason: 'token_wrong_app' }, NOW);
    assert.deepEqual(on.snapshot().effects, [], 'another app’s success says nothing');
  });

  it('retires no registration for a doubtful word until the account has taken something lately', () => {
    const { app, settlement } = house();
    const attempted = { index: 0, provider: 'apns', tokenHash: 'h', startedAt: NOW };
    const retired = (now: number) => {
      const on = work(app, {});
      settle(settlement, { ...attempted, work: on }, { kind: 'unregistered', isDoubtful: true }, now);
      assert.equal(on.snapshot().deliveries[0]?.reason, 'token_invalid');
      return on.snapshot().effects.map(({ kind }) => kind);
    };
    assert.deepEqual(retired(NOW), []);
    settle(settlement, { ...attempted, work: work(app, {}) }, { kind: 'accepted' }, NOW);
    assert.deepEqual(retired(NOW + 86_400_000 - 1), ['retire']);
    assert.deepEqual(retired(NOW + 86_400_000), []);
  });

  it('tries again at once where the device has another address since, and retires nothing', () => {
    const { app, settlement } = house();
    const device = { user: null, platform: 'android', registrations: [] } as const;
    const attempted = { index: 0, provider: 'apns', tokenHash: 'h', startedAt: NOW - 40, isReaddressed: true, device };
    const outcome = { kind: 'unregistered', replacedBy: 'new' as PushToken } as const;
    const moving = { ...settlement, nextRoad: () => ({ step: 1, provider: 'web' }) };
    const on = work(app, {});
    settle(moving, { ...attempted, work: on }, outcome, NOW);
    const { progress, effects, deliveries } = on.snapshot();
    assert.deepEqual([progress.marks, on.trouble(0).dueAt, on.trouble(0).tries, effects], ['.', NOW, 1, []]);
    assert.deepEqual([deliveries[0]?.state, deliveries[0]?.attempts.at(-1)?.reason], ['queued', 'token_invalid']);
    for (const terms of [{ ttlSeconds: 0 }, { triesBefore: 2 }]) {
      const last = work(app, terms);
      settle(moving, { ...attempted, work: last }, outcome, NOW);
      assert.deepEqual(last.snapshot().progress.reasons, { token_invalid: 1 }, JSON.stringify(terms));
    }
  });

  it('keeps a registration that was made again after the attempt, where the vendor names no time', async () => {
    const { app, settlement } = house();
    const retire = createRetire({
      devices: store.devices,
      clock: { now: () => NOW + 1_000 },
      log: silentLog,
      brake: { windowMs: 600_000, share: 1, floor: 100 },
      observe: () => undefined,
    });
    const token = (id: string) => `token of ${id}` as PushToken;
    const register = (id: string, at: number) =>
      store.devices.change(
        [
          {
            app,
            id,
            mode: 'upsert',
            fields: { platform: 'ios' },
            registrations: [
              {
                provider: 'apns',
                environment: 'production',
                purpose: 'alert',
                token: token(id),
                tokenHash: store.hasher.pushToken(app, 'apns', token(id)),
              },
            ],
          },
        ],
        at,
      );
    await register('dead', NOW - 10_000);
    await register('renewed', NOW - 10_000);
    for (const id of ['dead', 'renewed']) {
      const on = work(app, {});
      const tokenHash = store.hasher.pushToken(app, 'apns', token(id));
      settle(
        settlement,
        { work: on, index: 0, provider: 'apns', tokenHash, startedAt: NOW - 40 },
        { kind: 'unregistered' },
        NOW,
      );
      if (id === 'renewed') await register(id, NOW + 500);
      await retire.apply(
        app,
        on.snapshot().effects.filter((effect) => effect.kind === 'retire' || effect.kind === 'strike'),
      );
    }
    const live = async (id: string) => (await store.devices.get(app, id))?.registrations.length;
    assert.deepEqual([await live('dead'), await live('renewed')], [0, 1]);
  });
});
