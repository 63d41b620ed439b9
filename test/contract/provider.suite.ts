/**
 * What every provider promises (`providers/contract.ts`), asked of each over its vendor's side.
 *
 * ```ts
 * providerSuite('APNs', openApnsWorld); // in test/contract/apns-provider.test.ts
 * ```
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  InvalidInputError,
  type Message,
  type Outcome,
  type Provider,
  type ProviderEnv,
  type ProviderKind,
  type Target,
} from '../../providers/contract.js';
import { createEgress } from '../../src/egress/egress.js';

/** A provider kind beside a vendor that this test commands. Opened for each test, closed after it. */
export interface ProviderWorld {
  readonly kind: Omit<ProviderKind<unknown>, 'options' | 'open'>;
  open(env: ProviderEnv): Promise<Provider>;
  /** The raw push token number `at`, which the vendor takes. */
  goodToken(at: number): unknown;
  /** A raw push token, fit in form, that the vendor calls dead. */
  deadToken(): unknown;
  /** Inputs that can never be a push token of this kind; `undefined`, numbers and the like are asked of every kind. */
  readonly badTokens: readonly unknown[];
  /** From now on the vendor takes requests in and holds its answers back, until `release`. */
  hold(): void;
  /** Resolves when the vendor holds at least one request. */
  held(): Promise<void>;
  /** Answers what is held, and what comes, as before. */
  release(): void;
  /** Nobody listens at the vendor's address any more. */
  vanish(): Promise<void>;
  /** Push tokens of the notifications the vendor took, each as often as it came. */
  taken(): readonly string[];
  close(): Promise<void>;
}

const message: Message = Object.freeze({
  id: 'msg_contract',
  app: 'shop',
  notification: Object.freeze({ title: 'Hello', body: 'Grüße, 日本 🔔' }),
  ttlSeconds: 600,
  priority: 'high',
});

export function providerSuite(name: string, openWorld: () => Promise<ProviderWorld>): void {
  describe(`${name} keeps the provider contract`, () => {
    const never = new AbortController().signal;
    let world: ProviderWorld;
    let provider: Provider;

    beforeEach(async () => {
      world = await openWorld();
      provider = await world.open(testEnv());
    });

    afterEach(async () => {
      world.release();
      await provider.close();
      await world.close();
    });

    function targets(count: number): Target[] {
      return Array.from({ length: count }, (_, at) => target(world.goodToken(at)));
    }

    function target(raw: unknown): Target {
      return Object.freeze({ pushToken: world.kind.parsePushToken(raw), notificationId: randomUUID() });
    }

    it('gives one outcome per target, in target order, with a dead one among them', async () => {
      const batch = [...targets(3), target(world.deadToken()), target(world.goodToken(3))];
      const outcomes = await provider.send({ message, targets: batch }, never);
      assert.deepEqual(outcomes.map(kindOf), ['accepted', 'accepted', 'accepted', 'unregistered', 'accepted']);
      const wanted = batch.filter((_, at) => at !== 3).map(({ pushToken }) => String(pushToken));
      assert.deepEqual([...world.taken()].sort(), wanted.sort());
    });

    it('takes a full batch and sends each target once', async () => {
      const count = provider.limits.batchTargetsMax;
      const outcomes = await provider.send({ message, targets: targets(count) }, never);
      assert.equal(outcomes.length, count);
      assert.deepEqual(new Set(outcomes.map(kindOf)), new Set(['accepted']));
      assert.equal(world.taken().length, count);
      assert.equal(new Set(world.taken()).size, count);
    });

    it('leaves the caller’s batch as it was', async () => {
      const frozen = Object.freeze(targets(2));
      const outcomes = await provider.send(Object.freeze({ message, targets: frozen }), never);
      assert.deepEqual(outcomes.map(kindOf), ['accepted', 'accepted']);
    });

    it('takes many small sends in flight', async () => {
      const sends = targets(100).map((one) => provider.send({ message, targets: [one] }, never));
      for (const outcomes of await Promise.all(sends)) assert.deepEqual(outcomes.map(kindOf), ['accepted']);
    });

    it('throws for an empty and for an oversized batch, and sends nothing of it', async () => {
      await assert.rejects(provider.send({ message, targets: [] }, never));
      const [one] = targets(1);
      assert.ok(one);
      const tooMany = Array.from({ length: provider.limits.batchTargetsMax + 1 }, () => one);
      await assert.rejects(provider.send({ message, targets: tooMany }, never));
      assert.deepEqual(world.taken(), []);
    });

    it('sends nothing when it was given up before, and defers every target', async () => {
      const outcomes = await provider.send({ message, targets: targets(3) }, AbortSignal.abort());
      assert.deepEqual(outcomes.map(kindOf), ['deferred', 'deferred', 'deferred']);
      assert.deepEqual(world.taken(), []);
    });

    it('given up half-way, it resolves: written is uncertain or awaited, unwritten deferred', async () => {
      world.hold();
      const given = new AbortController();
      const sending = provider.send({ message, targets: targets(5) }, given.signal);
      await world.held();
      given.abort();
      const outcomes = await sending;
      assert.equal(outcomes.length, 5);
      for (const outcome of outcomes)
        assert.ok(['uncertain', 'awaited', 'deferred'].includes(outcome.kind), outcome.kind);
      assert.ok(outcomes.some(({ kind }) => kind === 'uncertain' || kind === 'awaited'));
    });

    it('goes on with other sends when one was given up', async () => {
      world.hold();
      const given = new AbortController();
      const sending = provider.send({ message, targets: targets(1) }, given.signal);
      await world.held();
      given.abort();
      await sending;
      world.release();
      const outcomes = await provider.send({ message, targets: targets(2) }, never);
      assert.deepEqual(outcomes.map(kindOf), ['accepted', 'accepted']);
    });

    it('has an outcome, not an error, when the vendor is gone', async () => {
      await world.vanish();
      const outcomes = await provider.send({ message, targets: targets(2) }, never);
      assert.deepEqual(outcomes.map(kindOf), ['deferred', 'deferred']);
    });

    it('close lets what is in flight finish; twice is harmless; a send afterwards throws', async () => {
      world.hold();
      const sending = provider.send({ message, targets: targets(3) }, never);
      await world.held();
      const closing = Promise.all([provider.close(), provider.close()]);
      world.release();
      assert.deepEqual((await sending).map(kindOf), ['accepted', 'accepted', 'accepted']);
      await closing;
      await provider.close();
      await assert.rejects(provider.send({ message, targets: targets(1) }, never));
    });

    it('rejects, and does not throw, a message far over its size', async () => {
      const large = { ...message, data: { blob: 'x'.repeat(provider.limits.payloadBytesMax + 1) } };
      const outcomes = await provider.send({ message: large, targets: targets(2) }, never);
      assert.deepEqual(outcomes.map(kindOf), ['rejected', 'rejected']);
      assert.deepEqual(world.taken(), []);
      assert.ok(world.kind.check(large).some((misfit) => misfit.severity === 'error'));
    });

    it('checks a message without side effects, and refuses no plain one', () => {
      // A vendor may do something to it all the same, which a warning tells.
      const errors = world.kind.check(message).filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, []);
      assert.deepEqual(world.kind.check(message), world.kind.check(message));
    });

    it('has one canonical form per push token, and an InvalidInputError for what is none', () => {
      const once = world.kind.parsePushToken(world.goodToken(1));
      assert.equal(world.kind.parsePushToken(world.goodToken(1)), once);
      assert.notEqual(world.kind.parsePushToken(world.goodToken(2)), once);
      for (const bad of [undefined, null, 7, '', {}, [], 'x'.repeat(10_000), ...world.badTokens]) {
        assert.throws(() => world.kind.parsePushToken(bad), InvalidInputError, JSON.stringify(bad)?.slice(0, 40));
      }
    });

    it('states limits that make sense', () => {
      for (const limits of [provider.limits, world.kind.limits]) {
        assert.ok(Number.isInteger(limits.batchTargetsMax) && limits.batchTargetsMax >= 1);
        assert.ok(limits.payloadBytesMax >= 1);
        assert.ok(limits.ttlSecondsMax >= 0);
      }
    });
  });
}

/** An environment as the house lends it, silent. */
export function testEnv(part: Partial<ProviderEnv> = {}): ProviderEnv {
  const silent = () => {};
  return {
    name: 'under_test',
    app: 'shop',
    now: () => Date.now(),
    log: { info: silent, warn: silent, error: silent },
    observe: silent,
    egress: createEgress({ allow: ['127.0.0.0/8', '::1/128'] }),
    ...part,
  };
}

function kindOf(outcome: Outcome): Outcome['kind'] {
  return outcome.kind;
}
