import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Batch, Outcome, Provider, ProviderEnv, ProviderKind, PushToken } from '../../../providers/contract.js';
import { ownTokens } from '../../../providers/shared/vendor-tokens.js';
import { createEgress } from '../../../src/egress/egress.js';
import { openProviders, type ProviderSetting } from '../../../src/routing/provider-pool.js';
import { clock, keptLog, pledge } from '../http/serve.js';

const LIMITS = { batchTargetsMax: 1, payloadBytesMax: 1_000, ttlSecondsMax: 60 };
const BATCH: Batch = {
  message: { id: 'msg_1', app: 'shop', ttlSeconds: 60, priority: 'high' },
  targets: [{ pushToken: 't' as PushToken, notificationId: 'n' }],
};

/** A provider whose sends end when the test says so, and which is as strict about `close` as the contract asks. */
class HeldProvider implements Provider {
  readonly limits = LIMITS;
  readonly name: string;
  isClosed = false;
  closeCalls = 0;
  readonly answer = pledge();
  readonly env: ProviderEnv;
  readonly #sending = new Set<Promise<void>>();
  constructor(env: ProviderEnv) {
    this.name = env.name;
    this.env = env;
  }
  async send(): Promise<readonly Outcome[]> {
    if (this.closeCalls > 0) throw new Error('used after close');
    this.#sending.add(this.answer.promise);
    await this.answer.promise;
    return [{ kind: 'accepted' }];
  }
  async close(): Promise<void> {
    this.closeCalls++;
    await Promise.all(this.#sending);
    this.isClosed = true;
  }
}

function scene() {
  const opened: HeldProvider[] = [];
  const kind: ProviderKind<unknown> = {
    name: 'held',
    options: z.unknown(),
    channel: z.unknown(),
    limits: LIMITS,
    nativeFor: [],
    check: () => [],
    parsePushToken: () => 't' as PushToken,
    async open(options, env) {
      if (options === 'broken') throw new Error('cannot sign with this');
      const provider = new HeldProvider(env);
      opened.push(provider);
      return provider;
    },
  };
  const setting = (app: string, name: string, options: unknown): ProviderSetting => ({ app, name, kind, options });
  const observed: string[] = [];
  const log = keptLog();
  const env = {
    clock,
    log,
    egress: createEgress({ allow: [] }),
    observe: (app: string, name: string) => void observed.push(`${app}.${name}`),
  };
  return { opened, kind, setting, env, log, observed };
}

const never = new AbortController().signal;

describe('the pool of providers', () => {
  it('keeps a provider whose settings are the same, and opens those that are new or changed', async () => {
    const { opened, setting, env } = scene();
    const pool = await openProviders(
      [{ id: 'shop' }, { id: 'gone' }],
      [setting('shop', 'a', { key: 'one' }), setting('shop', 'b', { key: 'one' }), setting('gone', 'a', {})],
      env,
    );
    const [a, b] = [pool.open('shop', 'a'), pool.open('shop', 'b')];
    const { changes, drained } = await pool.replace(
      [{ id: 'shop' }, { id: 'fresh' }],
      [setting('shop', 'b', { key: 'two' }), setting('shop', 'a', { key: 'one' }), setting('fresh', 'a', {})],
    );
    assert.deepEqual(changes, [
      { app: 'fresh', change: 'added' },
      { app: 'gone', change: 'removed' },
      { app: 'shop', provider: 'b', change: 'changed' },
      { app: 'fresh', provider: 'a', change: 'added' },
      { app: 'gone', provider: 'a', change: 'removed' },
    ]);
    await drained;
    assert.equal(pool.open('shop', 'a'), a);
    assert.notEqual(pool.open('shop', 'b'), b);
    assert.equal(pool.open('gone', 'a'), undefined);
    assert.deepEqual([pool.hasApp('gone'), pool.hasApp('fresh'), pool.apps()], [false, true, ['shop', 'fresh']]);
    // In the order of the file, which changed as well.
    assert.deepEqual(
      pool.configured('shop').map(({ name }) => name),
      ['b', 'a'],
    );
    assert.deepEqual(
      opened.map(({ closeCalls }) => closeCalls),
      [0, 1, 1, 0, 0],
    );
    await pool.close();
    assert.ok(opened.every(({ closeCalls, isClosed }) => closeCalls === 1 && isClosed));
  });

  it('lends each provider the access tokens of its own account', async () => {
    const { opened, setting, env } = scene();
    const tokensOf = new Map<string, ReturnType<typeof ownTokens>>();
    const pool = await openProviders(
      [{ id: 'shop' }, { id: 'shop:test' }],
      [setting('shop', 'a', {}), setting('shop:test', 'a', {})],
      {
        ...env,
        tokens(app, provider) {
          const tokens = ownTokens(() => clock.now());
          tokensOf.set(`${app} ${provider}`, tokens);
          return tokens;
        },
      },
    );
    assert.deepEqual(
      opened.map(({ env: { app, name, tokens } }) => tokens !== undefined && tokens === tokensOf.get(`${app} ${name}`)),
      [true, true],
    );
    assert.deepEqual([...tokensOf.keys()], ['shop a', 'shop:test a']);
    await pool.close();
  });

  it('finds nothing changed where nothing did', async () => {
    const { opened, setting, env } = scene();
    const pool = await openProviders([{ id: 'shop' }], [setting('shop', 'a', { deep: { list: [1, 2] } })], env);
    const { changes } = await pool.replace([{ id: 'shop' }], [setting('shop', 'a', { deep: { list: [1, 2] } })]);
    assert.deepEqual([changes, opened.length], [[], 1]);
    await pool.close();
  });

  it('closes a replaced provider only after its requests in flight ended, and uses the new one at once', async () => {
    const { opened, setting, env } = scene();
    const pool = await openProviders([{ id: 'shop' }], [setting('shop', 'a', 1)], env);
    const sending = pool.open('shop', 'a')?.send(BATCH, never);
    const { drained } = await pool.replace([{ id: 'shop' }], [setting('shop', 'a', 2)]);
    const [old, fresh] = opened;
    assert.equal(pool.open('shop', 'a'), fresh);
    assert.deepEqual([old?.closeCalls, old?.isClosed], [1, false]);
    old?.answer.resolve();
    assert.deepEqual(await sending, [{ kind: 'accepted' }]);
    await drained;
    assert.deepEqual([old?.isClosed, fresh?.closeCalls], [true, 0]);
    await pool.close();
  });

  it('waits at its own close for what is still draining', async () => {
    const { opened, setting, env } = scene();
    const pool = await openProviders([{ id: 'shop' }], [setting('shop', 'a', 1)], env);
    const sending = pool.open('shop', 'a')?.send(BATCH, never);
    await pool.replace([{ id: 'shop' }], []);
    let isClosed = false;
    const closed = pool.close().then(() => {
      isClosed = true;
    });
    await new Promise(setImmediate);
    assert.equal(isClosed, false);
    opened[0]?.answer.resolve();
    await Promise.all([sending, closed]);
    assert.equal(opened[0]?.isClosed, true);
  });

  it('is as it was when one of the new ones does not open, and closes the others of that attempt', async () => {
    const { opened, setting, env } = scene();
    const pool = await openProviders([{ id: 'shop' }], [setting('shop', 'a', 1), setting('shop', 'b', 1)], env);
    const before = [pool.open('shop', 'a'), pool.open('shop', 'b')];
    await assert.rejects(
      pool.replace(
        [{ id: 'shop' }, { id: 'fresh' }],
        [setting('fresh', 'a', 1), setting('shop', 'a', 2), setting('shop', 'b', 'broken')],
      ),
      /cannot sign with this/,
    );
    assert.deepEqual([pool.open('shop', 'a'), pool.open('shop', 'b')], before);
    assert.deepEqual(pool.apps(), ['shop']);
    assert.deepEqual(
      opened.map(({ closeCalls }) => closeCalls),
      [0, 0, 1, 1],
    );
    // A failed attempt is over: the next one may come.
    const { changes } = await pool.replace([{ id: 'shop' }], [setting('shop', 'a', 1)]);
    assert.deepEqual(changes, [{ app: 'shop', provider: 'b', change: 'removed' }]);
    await pool.close();
  });

  it('opens nothing for good when it is closed while a replacement is under way', async () => {
    const { opened, setting, kind, env } = scene();
    const pool = await openProviders([{ id: 'shop' }], [setting('shop', 'a', 1)], env);
    const reached = pledge();
    const held = pledge();
    const slow: ProviderKind<unknown> = {
      ...kind,
      async open(options, own) {
        reached.resolve();
        await held.promise;
        return kind.open(options, own);
      },
    };
    const replacing = pool.replace([{ id: 'shop' }], [{ ...setting('shop', 'b', 1), kind: slow }]);
    await reached.promise;
    await assert.rejects(pool.replace([{ id: 'shop' }], []), /another replacement/);
    await pool.close();
    held.resolve();
    await assert.rejects(replacing, /closed meanwhile/);
    assert.ok(opened.every(({ isClosed }) => isClosed));
    assert.equal(opened.length, 2);
    await assert.rejects(pool.replace([{ id: 'shop' }], []), /are closed/);
  });

  it("does not let a draining provider speak for its successor's connections", async () => {
    const { opened, setting, env, observed } = scene();
    const pool = await openProviders([{ id: 'shop' }], [setting('shop', 'a', 1)], env);
    await pool.replace([{ id: 'shop' }], [setting('shop', 'a', 2)]);
    const [old, fresh] = opened;
    old?.env.observe({ kind: 'connections', state: 'open', count: 0 });
    assert.deepEqual(observed, []);
    old?.env.observe({ kind: 'request', code: '200', ms: 1 });
    fresh?.env.observe({ kind: 'connections', state: 'open', count: 1 });
    assert.deepEqual(observed, ['shop.a', 'shop.a']);
    await pool.close();
  });

  it('tells of a provider that does not close, and goes on', async () => {
    const { opened, setting, env, log } = scene();
    const pool = await openProviders([{ id: 'shop' }], [setting('shop', 'a', 1)], env);
    const [first] = opened;
    if (first !== undefined) first.close = () => Promise.reject(new Error('stuck'));
    const { drained } = await pool.replace([{ id: 'shop' }], []);
    await drained;
    assert.deepEqual(
      log.lines.map(({ event, fields }) => [event, fields.provider]),
      [['provider.not_closed', 'a']],
    );
    await pool.close();
  });

  it('lends an address for receipts to kinds that read them', async () => {
    const { setting, env, opened } = scene();
    const { kind } = setting('shop', 'deaf', 1);
    const hearing = { ...kind, readReceipts: () => ({ kind: 'forged' as const }) };
    const lending = { ...env, callbackUrl: (...asked: readonly unknown[]) => asked.join(' ') };
    const settings = [setting('shop', 'deaf', 1), { ...setting('shop', 'hearing', 2), kind: hearing }];
    const pool = await openProviders([{ id: 'shop' }], settings, lending);
    assert.deepEqual(
      opened.map((provider) => provider.env.callbackUrl),
      [undefined, 'shop hearing 2'],
    );
    await pool.close();
  });
});
