import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Pealbell } from '../../sdk/server/src/index.js';
import { importsOf } from '../support/import-graph.js';
import { readLedger } from '../support/verdict.js';
import { type GatewayProcess, openWorld, pushTokenOf, type World } from '../support/world.js';
import { type Arrival, QUICK_RETRY } from './delivery/scene.js';
import { type Customer, openShop } from './stranger/shop.js';

/** A few thousand in the suite; `PEALBELL_STRANGER_DEVICES=100000` for the whole of it. */
const DEVICES = Number(process.env.PEALBELL_STRANGER_DEVICES ?? 2_000);
const PER_CUSTOMER = 4;
/** One of the devices of this customer has a push token of another environment, another one a dead one. */
const UNLUCKY = 'c4';

const tokenOf = (device: string) => pushTokenOf(Number(device.slice(1)));

function* customers(): Generator<Customer, void, undefined> {
  for (let c = 0; c * PER_CUSTOMER < DEVICES; c++) {
    const devices = Array.from({ length: PER_CUSTOMER }, (_, n) => {
      const id = `d${c * PER_CUSTOMER + n}`;
      return {
        id,
        user: `c${c}`,
        platform: 'ios' as const,
        // As texts 5.9 would be after 5.10.
        app_version: n % 2 === 0 ? '5.10.1' : '5.9.0',
        // The third is set to a language of its own.
        ...(n === 2 ? { locale: 'en-GB' } : {}),
        registrations: [{ provider: 'apns', token: tokenOf(id) }],
      };
    });
    yield { id: `c${c}`, plan: c % 3 === 1 ? 'pro' : 'free', locale: c % 2 === 0 ? 'zh-Hans-CN' : 'fr', devices };
  }
}

/** Whom the sale is for, and in which words, worked out by hand: the title by push token. */
function wanted(): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  for (const { plan, locale, devices } of customers()) {
    if (plan !== 'pro') continue;
    for (const device of devices) {
      if (device.app_version !== '5.10.1') continue;
      titles.set(tokenOf(device.id), (device.locale ?? locale).startsWith('zh') ? '特卖开始' : 'The sale begins');
    }
  }
  return titles;
}

describe('a service that uses only @pealbell/server', function () {
  this.timeout(90_000 + DEVICES * 20);
  let world: World;
  let gateway: GatewayProcess;
  let shop: ReturnType<typeof openShop>;

  before(async () => {
    world = await openWorld({ roads: 'apns', latencyMs: 2 });
    const key = await world.key();
    gateway = await world.spawn({ settings: QUICK_RETRY });
    shop = openShop(new Pealbell({ url: gateway.url, key }));
    const { faults } = world.simulators;
    const gone = { kind: 'answer', status: 410 } as const;
    const wrong = { kind: 'answer', status: 400, reason: 'BadDeviceToken' } as const;
    faults.add({ provider: 'apns', match: { token: tokenOf('d16') }, fault: gone });
    faults.add({ provider: 'apns', match: { token: tokenOf('d18') }, fault: wrong });
    faults.add({
      provider: 'apns',
      match: { rate: 0.02 },
      fault: { kind: 'answer', status: 503, retryAfterSeconds: 0 },
    });
  });
  after(() => world?.close());

  it('imports nothing else', async () => {
    const source = await readFile(new URL('../../../test/e2e/stranger/shop.ts', import.meta.url), 'utf8');
    assert.deepEqual(
      importsOf(source).map(({ specifier }) => specifier),
      ['../../../sdk/server/src/index.js'],
    );
  });

  it(`moves ${DEVICES} devices and their people in`, async () => {
    assert.deepEqual(await shop.moveIn(customers()), []);
    await shop.introduce(customers());
    assert.equal(await shop.knows('c0'), true);
    assert.equal(await shop.knows('nobody'), false);
  });

  it('tells a filtered audience in two languages, follows to the end: each the right words, once, and nobody else', async () => {
    const titles = wanted();
    const progress: number[] = [];
    const done = await shop.announce(({ settled }) => void progress.push(settled));
    assert.equal(done.status, 'completed');
    assert.deepEqual([done.devices, done.counts.sent, done.counts.failed], [titles.size, titles.size - 2, 2]);
    assert.deepEqual(
      progress,
      [...progress].sort((a, b) => a - b),
    );
    assert.equal(progress.at(-1), titles.size);

    const arrived = new Map<string, string[]>();
    for (const { token, accepted, payload } of readLedger(world.simulators.ledger) as Arrival[]) {
      const { alert } = payload.aps as { alert: { title: string } };
      if (accepted) arrived.set(token, [...(arrived.get(token) ?? []), alert.title]);
    }
    for (const dead of ['d16', 'd18']) assert.ok(titles.has(tokenOf(dead)));
    const reached = [...titles].filter(([token]) => token !== tokenOf('d16') && token !== tokenOf('d18'));
    assert.deepEqual([...arrived].sort(), reached.map(([token, title]): [string, string[]] => [token, [title]]).sort());
    assert.ok(new Set(titles.values()).size === 2);
  });

  it('sends nothing anew when it is run again', async () => {
    const before = world.simulators.ledger.summary().lines;
    const again = await shop.announce(() => {});
    assert.equal(again.status, 'completed');
    assert.equal(world.simulators.ledger.summary().lines, before);
  });

  it('explains one customer’s history: what came, what did not, why, and what to do', async () => {
    const [first, second, ...more] = (await shop.whyNot(UNLUCKY)).sort();
    assert.deepEqual(more, []);
    assert.match(first ?? '', /^d16: failed\. Apple said .*(?:removed|replaced)/);
    assert.match(second ?? '', /^d18: failed\. Apple said .*BadDeviceToken.*sandbox/);
    assert.match((await shop.whyNot('c1')).join('\n'), /^d4: sent\. Apple took it/m);
    assert.deepEqual(await shop.whyNot('c0'), []);
  });
});
