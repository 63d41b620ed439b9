import assert from 'node:assert/strict';
import { isTestable, type Provider } from '../../../../providers/contract.js';
import { sign } from '../../../../providers/vivo/access.js';
import { MESSAGE, NEVER, openRig, type Rig, short, target } from './rig.js';

const MINUTE_MS = 60_000;

describe('access tokens of vivo', () => {
  let rig: Rig;
  let provider: Provider;

  beforeEach(async () => {
    rig = await openRig();
    provider = await rig.open();
  });
  afterEach(() => rig.close());

  const send = async (...tokens: string[]) =>
    (await provider.send({ message: MESSAGE, targets: tokens.map(target) }, NEVER)).map(short);
  const asked = () => rig.ledger.filter(({ provider: part }) => part === 'vivo_auth').length;

  it('are asked for with the signature of the vector', () => {
    const parts = { appId: '10004', appKey: '25509283', timestamp: 1_700_000_000_000, appSecret: 'secret-1' };
    assert.equal(sign(parts), 'f4a1a96ba8f0480d0c3c6db407126944');
  });

  it('are fetched once for all who wait, and kept', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, at) => send(`t${at}`)));
    assert.deepEqual(new Set(outcomes.flat()), new Set(['accepted']));
    assert.equal(asked(), 1);
  });

  it('are replaced once where they are refused, for all, and each request is repeated once', async () => {
    await send('one');
    rig.simulator.revokeTokens();
    const outcomes = await Promise.all([send('one'), send('two'), send('three', 'four')]);
    assert.deepEqual(outcomes.flat(), Array(4).fill('accepted'));
    assert.equal(asked(), 2);
    const refused = rig.ledger.filter(({ answer }) => answer.reason === '10000');
    assert.ok(refused.length >= 1 && refused.length <= 4);
  });

  it('that are refused twice are a matter of the credentials, and end no address', async () => {
    rig.fault('one', { reason: '10000' });
    const [outcome] = await provider.send({ message: MESSAGE, targets: [target('one')] }, NEVER);
    assert.equal(outcome?.kind, 'misconfigured');
    assert.match(outcome?.kind === 'misconfigured' ? outcome.what : '', /app_id, app_key and app_secret/);
    const sent = rig.ledger.filter(({ provider: part, token }) => part === 'vivo' && token === 'one');
    assert.equal(sent.length, 2);
  });

  it('are renewed when they are 90 minutes old, and the old one serves meanwhile', async () => {
    await send('one');
    rig.clock.now += 80 * MINUTE_MS;
    await send('one');
    assert.equal(asked(), 1);
    rig.clock.now += 11 * MINUTE_MS;
    assert.deepEqual(await send('one'), ['accepted']);
    // The renewal goes on beside the send, and its end shows in what is counted.
    while (rig.observed.filter((code) => code === 'auth 0').length < 2) await new Promise(setImmediate);
    assert.equal(asked(), 2);
  });

  it('stay in use where no new one is given', async () => {
    await send('one');
    for (const reason of ['10093', '10250']) {
      rig.fault('10004', { reason }, { provider: 'vivo_auth' });
      rig.clock.now += 120 * MINUTE_MS;
      assert.deepEqual(await send('one'), ['accepted']);
      while (!rig.observed.includes(`auth ${reason}`)) await new Promise(setImmediate);
      assert.deepEqual(await send('one'), ['accepted']);
      rig.faults.clear();
    }
  });

  for (const [fault, wanted] of [
    [{ reason: '10093' }, 'deferred account rate_limited'],
    [{ reason: '10250' }, 'deferred account rate_limited'],
    [{ reason: '10000' }, 'misconfigured'],
    [{ reason: '10200' }, 'misconfigured'],
    [{ reason: '10206' }, 'misconfigured'],
    [{ reason: '10207' }, 'misconfigured'],
    [{ reason: '10302' }, 'deferred account provider_unavailable'],
    [{ reason: '10070' }, 'deferred account quota_exceeded'],
    [{ reason: '99999' }, 'deferred account provider_unavailable'],
    [{ status: 500 }, 'deferred account provider_unavailable'],
    [{ reason: 'html' }, 'deferred account provider_unavailable'],
    [{ reason: 'empty' }, 'deferred account provider_unavailable'],
    // "0" without a token in it
    [{ reason: '0' }, 'deferred account provider_unavailable'],
  ] as const) {
    it(`not given (${JSON.stringify(fault)}): everything that waits is ${wanted}`, async () => {
      rig.fault('10004', fault, { provider: 'vivo_auth' });
      assert.deepEqual(await send('one', 'two', 'three'), Array(3).fill(wanted));
      assert.equal(rig.ledger.filter(({ provider: part }) => part === 'vivo').length, 0);
      assert.equal(JSON.stringify(rig.logged).includes('simulated-secret'), false);
    });
  }

  it('are refused with a word on the clock where ours is wrong', async () => {
    for (const [skewMs, word] of [
      [11 * MINUTE_MS, /660 s ahead of vivo/],
      [-11 * MINUTE_MS, /660 s behind vivo/],
    ] as const) {
      const wrong = await rig.open({}, { now: () => Math.floor(Date.now() / 1_000) * 1_000 + skewMs });
      const [outcome] = await wrong.send({ message: MESSAGE, targets: [target('one')] }, NEVER);
      assert.match(outcome?.kind === 'misconfigured' ? outcome.what.replace(/6(59|61) s/, '660 s') : '', word);
    }
  });

  it('are fetched beside those in use when somebody asks about the credentials', async () => {
    assert.ok(isTestable(provider));
    const good = await provider.testCredentials(NEVER);
    assert.equal(good.verdict, 'accepted');
    assert.ok(good.vendorTime !== undefined);
    for (const [settings, code] of [
      [{ app_secret: 'another' }, '10206'],
      [{ app_key: 'another' }, '10200'],
      [{ app_id: 'another' }, '10200'],
    ] as const) {
      const wrong = await rig.open(settings);
      assert.ok(isTestable(wrong));
      const test = await wrong.testCredentials(NEVER);
      assert.equal(test.verdict, 'refused');
      assert.equal(test.vendor?.code, code);
      assert.match(test.cure ?? '', /app_secret/);
      assert.equal(JSON.stringify(test).includes('"another"'), false);
    }
    rig.fault('10004', { reason: 'html' }, { provider: 'vivo_auth' });
    assert.equal((await provider.testCredentials(NEVER)).verdict, 'unreachable');
    rig.faults.clear();
    const nobody = await rig.open({ endpoint: 'https://127.0.0.1:1' });
    assert.ok(isTestable(nobody));
    assert.equal((await nobody.testCredentials(NEVER)).verdict, 'unreachable');
    const pending = provider.testCredentials(AbortSignal.abort());
    assert.equal((await pending).verdict, 'unreachable');
  });
});
