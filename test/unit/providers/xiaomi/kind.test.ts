import assert from 'node:assert/strict';
import { InvalidInputError } from '../../../../providers/contract.js';
import { xiaomiKind } from '../../../../providers/xiaomi/kind.js';
import { regionOf } from '../../../../providers/xiaomi/regions.js';
import { MESSAGE } from './rig.js';

const SECRET = 'AppSecret+/==';
const takes = (more: object) =>
  xiaomiKind.options.safeParse({ package_name: 'com.example.shop', app_secret: SECRET, ...more });

describe('settings of Xiaomi', () => {
  it('need a package and a secret, and have a default for all else', () => {
    const { data } = takes({});
    assert.ok(data);
    assert.equal(data.region, 'cn');
    assert.equal(data.api_version, 'v3');
    assert.equal(data.batch, 1_000);
    assert.equal(data.recall, false);
    assert.deepEqual(data.ttl_seconds_max, { transactional: 864_000, marketing: 86_400 });
    assert.equal(xiaomiKind.options.safeParse({ package_name: 'a' }).success, false);
    assert.equal(xiaomiKind.options.safeParse({ app_secret: 'a' }).success, false);
  });

  const BAD: readonly object[] = [
    { region: 'mars' },
    { regions: 'cn' },
    { app_secret: '' },
    { app_secret: 'with blank' },
    { app_secret: 'line\nbreak' },
    { package_name: 'a b' },
    { batch: 0 },
    { batch: 1_001 },
    { api_version: 'v5' },
    { hosts: { cn: 'http://plain.example' } },
    { hosts: { cn: 'https://host.example/path' } },
    { hosts: { mars: 'https://host.example' } },
    { channels: { orders: '1' } },
    { ttl_seconds_max: { marketing: 0 } },
    { quota: { day_starts: 'noon' } },
    { jobkey_length: 21 },
    { receipt_types: 0 },
    { sending_failed: 'maybe' },
  ];
  for (const bad of BAD) it(`refuse ${JSON.stringify(bad)}`, () => assert.equal(takes(bad).success, false));

  it('become limits of the provider, and quotas', async () => {
    const { data } = takes({ batch: 50, payload_bytes_max: 2_048, quota: { marketing_per_device: 1 } });
    assert.ok(data);
    assert.deepEqual(xiaomiKind.quotas(data).quotas, [{ class: 'marketing', per: 'device', max: 1 }]);
    assert.equal(xiaomiKind.quotas(data).dayStartsMinutes, 960);
  });
});

describe('a channel’s word to Xiaomi', () => {
  it('is an id, or a group', () => {
    assert.equal(xiaomiKind.channel.parse('118001'), '118001');
    assert.deepEqual(xiaomiKind.channel.parse({ channel_id: '118001', notify_type: 1 }), {
      channel_id: '118001',
      notify_type: 1,
    });
  });

  for (const bad of [118001, '', 'a b', {}, { channel: '1' }, { channel_id: 1 }, { notify_type: 8 }, null, []]) {
    const isFit = JSON.stringify(bad) === '{}';
    it(`${JSON.stringify(bad)} is ${isFit ? 'fine' : 'refused'}`, () => {
      assert.equal(xiaomiKind.channel.safeParse(bad).success, isFit);
    });
  }
});

describe('a region of Xiaomi', () => {
  it('has the name of the file, or of the SDK on the device, in either case', () => {
    assert.deepEqual(
      ['cn', 'CN', 'China', 'Russia', 'ru', 'India', 'in', 'Europe', 'eu', 'Global', 'global'].map(regionOf),
      ['cn', 'cn', 'cn', 'ru', 'ru', 'in', 'in', 'eu', 'eu', 'global', 'global'],
    );
  });

  for (const none of ['', 'mars', 'constructor', '__proto__', 'c n']) {
    it(`is not ${JSON.stringify(none)}`, () => assert.equal(regionOf(none), undefined));
  }
});

describe('the region of a registration', () => {
  it('is kept in the words of the file, and refused with those that there are', () => {
    assert.equal(xiaomiKind.parseRegion('Europe'), 'eu');
    assert.throws(
      () => xiaomiKind.parseRegion('mars'),
      (error) => error instanceof InvalidInputError && /one of cn, ru, in, eu, global/.test(error.message),
    );
  });
});

describe('a regId', () => {
  it('is taken as it is', () => {
    for (const raw of ['a', `${'Ab9+/'.repeat(12)}==`, 'x'.repeat(512)]) {
      assert.equal(xiaomiKind.parsePushToken(raw), raw);
    }
  });

  it('is one, says the sentence', () => {
    for (const raw of ['a,b', 'a b', 'a;b', '好', '\u0000']) {
      assert.throws(
        () => xiaomiKind.parsePushToken(raw),
        (error) => error instanceof InvalidInputError && /regId/.test(error.message),
      );
    }
  });
});

describe('what Xiaomi would be sent', () => {
  it('is shown as parameters, without address and secret, with the app’s own settings', () => {
    const { data } = takes({ channels: { marketing: '118002' } });
    const shown = xiaomiKind.preview(MESSAGE, 'alert', 0, data) as Record<string, string>;
    assert.equal(shown['extra.channel_id'], '118002');
    assert.equal(shown.title, 'Paid');
    assert.equal('registration_id' in shown, false);
    assert.equal(JSON.stringify(shown).includes(SECRET), false);
  });

  it('is nothing where the message does not fit', () => {
    assert.equal(xiaomiKind.preview({ ...MESSAGE, data: { a: 'x'.repeat(5_000) } }, 'alert', 0), undefined);
  });
});
