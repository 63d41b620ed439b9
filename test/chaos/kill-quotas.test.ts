import assert from 'node:assert/strict';
import { vendorSettings, writeConfig } from '../../src/simulators.js';
import { judge, readLedger } from '../support/verdict.js';
import { createCaller, openWorld, until, type World } from '../support/world.js';

const DEVICES = 4_000;
/** What is under way in one worker process: 800 targets, which its death may double. */
const REPEATS_MAX = 800;

interface Message {
  readonly status: string;
  readonly counts: { readonly sent: number; readonly failed: number };
  readonly reasons: Readonly<Record<string, number>>;
}

const tokenOf = (n: number) => `regid-${n}`;
const PHONES = Array.from({ length: DEVICES }, (_, n) => ({
  ...{ id: `phone${String(n).padStart(5, '0')}`, platform: 'android' },
  registrations: [{ provider: 'xiaomi', token: tokenOf(n) }],
}));

/** A place of a device is taken before the vendor is asked, and by the id of its message. */
describe('a gateway killed with SIGKILL while devices get their last message of the day', function () {
  this.timeout(180_000);
  let world: World;
  before(async () => {
    world = await openWorld({ latencyMs: 400 });
    const { providers } = world.simulators.endpoints;
    const vendors = vendorSettings(providers);
    const xiaomi = { ...vendors.xiaomi, receipts: false, quota: { marketing_per_device: 1 } };
    await writeConfig(world.configDir, { ...providers, vendors: { ...vendors, xiaomi } });
  });
  after(() => world?.close());

  it('loses no place and gives none twice: each gets one message, and of the next one none', async () => {
    const key = await world.key();
    const first = await world.spawn();
    const imported = await fetch(`${first.url}/v1/devices/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
      body: PHONES.map((phone) => `${JSON.stringify(phone)}\n`).join(''),
    });
    assert.equal((await imported.text()).match(/"status":201/g)?.length, DEVICES);
    const wanted = { to: 'everyone', notification: { title: 'Sale' }, class: 'marketing' };
    const sent = await createCaller(first.url, key)<{ id: string }>('POST', '/v1/messages', wanted);
    assert.equal(sent.status, 202, JSON.stringify(sent.body));
    const { ledger } = world.simulators;
    const atKill = await until(
      async () => ledger.summary().accepted.total,
      (total) => total >= DEVICES / 4,
      60_000,
    );
    await first.end('SIGKILL');
    assert.ok(atKill < DEVICES, `the send was over before the kill (${atKill} had arrived)`);

    const second = await world.spawn();
    const call = createCaller(second.url, key);
    const ended = (id: string) =>
      until(
        async () => (await call<Message>('GET', `/v1/messages/${id}`)).body,
        ({ status }) => status === 'completed',
        90_000,
      );
    assert.equal((await ended(sent.body.id)).counts.sent, DEVICES);
    const verdict = judge(readLedger(ledger), new Set(PHONES.map((_, n) => tokenOf(n))));
    assert.deepEqual([verdict.lost, verdict.unexpected], [0, 0]);
    assert.ok(verdict.repeated <= REPEATS_MAX, `${verdict.repeated} repeated`);

    const asked = ledger.summary().accepted.total;
    const next = await call<{ id: string }>('POST', '/v1/messages', wanted);
    const { counts, reasons } = await ended(next.body.id);
    assert.deepEqual([counts.sent, counts.failed, reasons.quota_exceeded], [0, DEVICES, DEVICES]);
    assert.equal(ledger.summary().accepted.total, asked, 'the vendor was asked for none of them');
    assert.equal(await second.end('SIGTERM'), 0);
  });
});
