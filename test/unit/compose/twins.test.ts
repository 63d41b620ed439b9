import assert from 'node:assert/strict';
import { z } from 'zod';
import {
  type EgressGuard,
  InvalidInputError,
  type Provider,
  type ProviderKind,
  type PushToken,
  type Simulated,
} from '../../../providers/contract.js';
import { openTwinned } from '../../../src/compose/twins.js';
import { createEgress } from '../../../src/egress/egress.js';
import type { ProviderSetting } from '../../../src/routing/provider-pool.js';
import { clock, keptLog } from '../http/serve.js';

const LIMITS = { batchTargetsMax: 1, payloadBytesMax: 1, ttlSecondsMax: 1 };
const endpoints = (host: string) => ({ paper: { url: `https://127.0.0.1:${host}` } });

/** Kinds whose providers only remember what they were opened with. */
function scene() {
  const opened: { app: string; options: unknown; egress: EgressGuard }[] = [];
  const kind: ProviderKind<unknown> = {
    name: 'ink',
    options: z.strictObject({ key: z.string(), url: z.string().optional() }),
    channel: z.unknown(),
    limits: LIMITS,
    nativeFor: [],
    check: () => [],
    parsePushToken: () => 't' as PushToken,
    async open(options, { app, name, egress }) {
      opened.push({ app, options, egress });
      return { name, limits: LIMITS, send: async () => [], close: async () => undefined } satisfies Provider;
    },
  };
  const paper: ProviderKind<unknown> & Simulated<unknown> = {
    ...kind,
    name: 'paper',
    simulatedOptions(_options, told) {
      if (told === undefined) throw new InvalidInputError('no paper there');
      return { key: 'of the simulator', ...(told as object) };
    },
  };
  const setting = (app: string, of: ProviderKind<unknown> = paper): ProviderSetting => ({
    ...{ app, name: `${of.name}-road`, kind: of },
    options: { key: 'real' },
  });
  const egress = createEgress({ allow: [] });
  return { opened, kind, setting, egress, env: { clock, log: keptLog(), egress, observe() {} } };
}

describe('apps and their twins', () => {
  it('are apps alone where there are no simulators', async () => {
    const { env, setting } = scene();
    const pool = await openTwinned({ apps: [{ id: 'shop' }], settings: [setting('shop')], endpoints: undefined }, env);
    assert.deepEqual([pool.apps(), pool.hasTwins()], [['shop'], false]);
    await pool.close();
  });

  it('have the same roads by name and kind, channels and routes, and credentials and a way out of their own', async () => {
    const { env, egress, kind, opened, setting } = scene();
    const channels = [{ name: 'orders', settings: {} }];
    const apps = [{ id: 'shop', channels, routes: [] }];
    const settings = [setting('shop'), setting('shop', kind)];
    const pool = await openTwinned({ apps, settings, endpoints: endpoints('1') }, env);
    assert.deepEqual(pool.apps(), ['shop', 'shop:test']);
    assert.deepEqual(pool.channels('shop:test'), channels);
    assert.deepEqual(pool.routes('shop:test'), pool.routes('shop'));
    // A kind without a simulator has no place in a twin.
    assert.deepEqual(
      pool.configured('shop:test').map((one) => [one.name, one.kind]),
      [['paper-road', 'paper']],
    );
    const [real, , twin] = opened;
    assert.deepEqual([real?.app, real?.options], ['shop', { key: 'real' }]);
    assert.equal(real?.egress, egress);
    assert.deepEqual(twin?.options, { key: 'of the simulator', url: 'https://127.0.0.1:1' });
    assert.notEqual(twin?.egress, egress);
    await pool.close();
  });

  it('come and go with their apps, and follow simulators that move, whatever comes first', async () => {
    const { env, opened, setting } = scene();
    const pool = await openTwinned({ apps: [{ id: 'shop' }], settings: [setting('shop')], endpoints: undefined }, env);
    const shop = pool.open('shop', 'paper-road');
    const [followed, replaced, moved] = await Promise.all([
      pool.follow(endpoints('1')),
      pool.replace([{ id: 'shop' }, { id: 'news' }], [setting('shop'), setting('news')]),
      pool.follow(endpoints('2')),
    ]);
    const named = ({ changes }: typeof followed) =>
      changes.map((one) => `${one.app} ${one.provider ?? '-'} ${one.change}`);
    assert.deepEqual(named(followed), ['shop:test - added', 'shop:test paper-road added']);
    assert.deepEqual(named(replaced).sort(), [
      'news - added',
      'news paper-road added',
      'news:test - added',
      'news:test paper-road added',
    ]);
    assert.deepEqual(named(moved), ['shop:test paper-road changed', 'news:test paper-road changed']);
    assert.equal(pool.open('shop', 'paper-road'), shop, 'the real one was not touched');
    assert.equal(opened.filter(({ app }) => app === 'shop').length, 1);
    await pool.replace([{ id: 'news' }], [setting('news')]);
    assert.deepEqual(pool.apps(), ['news', 'news:test']);
    await pool.close();
  });

  it('stay as they are when simulators tell nothing that can be used', async () => {
    const { env, setting } = scene();
    const pool = await openTwinned(
      { apps: [{ id: 'shop' }], settings: [setting('shop')], endpoints: endpoints('1') },
      env,
    );
    const twin = pool.open('shop:test', 'paper-road');
    await assert.rejects(pool.follow({}), /no paper there/);
    await assert.rejects(pool.follow({ paper: { url: 7 } }), /the simulators tell paper nothing it can use/);
    assert.equal(pool.open('shop:test', 'paper-road'), twin);
    await pool.replace([{ id: 'shop' }], [setting('shop')]);
    assert.equal(pool.open('shop:test', 'paper-road'), twin);
    await pool.close();
  });
});
