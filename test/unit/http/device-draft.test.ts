import assert from 'node:assert/strict';
import type { Json } from '../../../src/domain/json.js';
import { readDevice, readDeviceLine, readNewDeviceId } from '../../../src/http/device-draft.js';
import { Refusal } from '../../../src/http/refusal.js';

const target = { app: 'shop', id: 'phone1', mode: 'upsert' } as const;
const read = (body: unknown) => readDevice(body as Json, target);

function faultsOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error.faults.map((fault) => `${'pointer' in fault ? fault.pointer : fault.parameter} ${fault.code}`);
  }
  return [];
}

describe('the body of a device', () => {
  it('becomes a draft with every field in the words of the house', () => {
    const draft = read({
      user: 'alice',
      platform: 'android',
      manufacturer: 'xiaomi',
      registrations: [
        { provider: 'fcm', token: 't1' },
        { provider: 'apns', token: 't2', environment: 'sandbox', purpose: 'voip', bundle_id: 'com.shop', region: 'cn' },
        { provider: 'web', token: { endpoint: 'https://push.example/1', keys: { p256dh: 'p', auth: 'a' } } },
        { provider: 'old', token: null },
      ],
      locale: 'zh-CN',
      timezone: 'Asia/Shanghai',
      app_version: '5.2.0',
      os_version: '15',
      model: 'M1',
      notifications: 'on',
    });
    assert.deepEqual(draft, {
      ...target,
      fields: {
        user: 'alice',
        platform: 'android',
        manufacturer: 'xiaomi',
        locale: 'zh-CN',
        timezone: 'Asia/Shanghai',
        appVersion: '5.2.0',
        osVersion: '15',
        model: 'M1',
        notifications: 'on',
      },
      registrations: [
        { provider: 'fcm', token: 't1' },
        { provider: 'apns', token: 't2', environment: 'sandbox', purpose: 'voip', bundleId: 'com.shop', region: 'cn' },
        { provider: 'web', token: { endpoint: 'https://push.example/1', keys: { p256dh: 'p', auth: 'a' } } },
        { provider: 'old', token: null },
      ],
    });
  });

  it('keeps null, which clears, apart from absent, which leaves', () => {
    assert.deepEqual(read({ user: null, model: null }).fields, { user: null, model: null });
    assert.deepEqual(read({}).fields, {});
  });

  it('takes whole sets of names, changes of sets, and attributes of every type', () => {
    const attributes = { plan: 'pro', visits: 3.5, trial: false, sizes: ['s', 'm'], gone: null };
    const { tags, topics, ...draft } = read({ tags: ['a'], topics: { add: ['news.zh'] }, attributes });
    assert.deepEqual(tags, { kind: 'replace', names: ['a'] });
    assert.deepEqual(topics, { kind: 'edit', add: ['news.zh'], remove: [] });
    assert.deepEqual(draft.attributes, attributes);
    assert.deepEqual(read({ topics: [] }).topics, { kind: 'replace', names: [] });
    assert.deepEqual(Object.keys(read({})), ['app', 'id', 'mode', 'fields', 'registrations']);
  });

  for (const timezone of ['UTC', 'Europe/Berlin', 'Asia/Calcutta', 'US/Pacific']) {
    it(`takes the time zone ${timezone}`, () => {
      assert.deepEqual(read({ timezone }).fields, { timezone });
    });
  }

  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['an unknown platform', { platform: 'iOS' }, ['/platform invalid_value']],
    ['a platform that is cleared', { platform: null }, ['/platform invalid_value']],
    ['a time zone nobody lives in', { timezone: 'Mars/Olympus' }, ['/timezone invalid_format']],
    ['an offset for a zone', { timezone: '+08:00' }, ['/timezone invalid_format']],
    ['a locale that is none', { locale: 'zh CN' }, ['/locale invalid_format']],
    ['an id in the body', { id: 'x' }, ['/id unknown_field']],
    ['a registration without token', { registrations: [{ provider: 'fcm' }] }, ['/registrations/0/token required']],
    [
      'a token that is a number',
      { registrations: [{ provider: 'fcm', token: 1 }] },
      ['/registrations/0/token invalid_type'],
    ],
    [
      'many registrations',
      { registrations: Array(21).fill({ provider: 'fcm', token: 't' }) },
      ['/registrations too_many_items'],
    ],
    ['tags that are a text', { tags: 'beta' }, ['/tags invalid_type']],
    ['a tag with a space', { tags: ['ok', 'not ok'] }, ['/tags/1 invalid_format']],
    ['a topic that is no text', { topics: { add: [7] } }, ['/topics/add/0 invalid_type']],
    ['a mistyped edit', { topics: { ad: ['a'] } }, ['/topics/ad unknown_field']],
    ['a topic both added and removed', { topics: { add: ['a'], remove: ['b', 'a'] } }, ['/topics invalid_format']],
    ['101 tags', { tags: Array.from({ length: 101 }, (_, n) => `t${n}`) }, ['/tags too_many_items']],
    ['1,001 topics', { topics: Array.from({ length: 1_001 }, (_, n) => `t${n}`) }, ['/topics too_many_items']],
    ['tags that are cleared', { tags: null }, ['/tags invalid_type']],
    ['attributes that are a list', { attributes: [] }, ['/attributes invalid_type']],
    ['an attribute that is an object', { attributes: { a: {} } }, ['/attributes/a invalid_type']],
    ['an attribute with a long text', { attributes: { a: 'x'.repeat(257) } }, ['/attributes/a too_long']],
    ['a list with a number', { attributes: { a: ['x', 1] } }, ['/attributes/a/1 invalid_type']],
    ['a list of 51', { attributes: { a: Array(51).fill('x') } }, ['/attributes/a too_many_items']],
    ['an attribute without a name', { attributes: { '': 1 } }, ['/attributes/ invalid_key']],
    [
      'an attribute named as a field',
      { attributes: { platform: 'x', topics: 1 } },
      ['/attributes/platform invalid_key', '/attributes/topics invalid_key'],
    ],
    [
      '65 attributes',
      { attributes: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`a${n}`, 1])) },
      ['/attributes too_many_items'],
    ],
  ];
  for (const [what, body, expected] of cases) {
    it(`is refused for ${what}`, () => {
      assert.deepEqual(
        faultsOf(() => read(body)),
        expected,
      );
    });
  }
});

describe('the id of a new device', () => {
  it('is what the caller says', () => {
    assert.equal(readNewDeviceId('A.b_c:d-9'), 'A.b_c:d-9');
    assert.equal(readNewDeviceId('x'.repeat(128)).length, 128);
  });
  for (const id of ['me', 'import', 'export']) {
    it(`is not the word ${id}`, () => {
      assert.deepEqual(
        faultsOf(() => readNewDeviceId(id)),
        ['id reserved_id'],
      );
    });
  }
  for (const id of ['', 'a b', 'ä', 'x'.repeat(129), 'a\0', '~abc']) {
    it(`is not ${JSON.stringify(id.slice(0, 8))}`, () => {
      assert.equal(faultsOf(() => readNewDeviceId(id)).length, 1);
    });
  }
});

describe('a line of an import', () => {
  it('is an upsert under the id it names', () => {
    const draft = readDeviceLine({ id: 'd1', platform: 'web' }, 'shop');
    assert.deepEqual(draft, { app: 'shop', id: 'd1', mode: 'upsert', fields: { platform: 'web' }, registrations: [] });
  });
  it('needs an id, and not a reserved one', () => {
    assert.deepEqual(
      faultsOf(() => readDeviceLine({ platform: 'web' }, 'shop')),
      ['/id required'],
    );
    assert.deepEqual(
      faultsOf(() => readDeviceLine({ id: 'me' }, 'shop')),
      ['/id reserved_id'],
    );
    assert.deepEqual(
      faultsOf(() => readDeviceLine(7, 'shop')),
      [' invalid_type'],
    );
  });
});
