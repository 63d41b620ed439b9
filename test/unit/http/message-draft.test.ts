import assert from 'node:assert/strict';
import type { Json } from '../../../src/domain/json.js';
import { readMessage } from '../../../src/http/message-draft.js';
import { Refusal } from '../../../src/http/refusal.js';

const read = (body: unknown) => readMessage(body as Json, { app: 'shop' });
const hello = { title: 'Hello' };

function faults(body: unknown): string[] {
  try {
    read(body);
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.code, 'validation_failed');
    return error.faults.map((fault) => `${'pointer' in fault ? fault.pointer : fault.parameter} ${fault.code}`);
  }
  return [];
}

function detail(body: unknown): string {
  try {
    read(body);
  } catch (error) {
    assert.ok(error instanceof Refusal);
    return error.faults.map((fault) => fault.detail).join('\n');
  }
  return '';
}

const whole = {
  to: {
    users: ['alice', 'bob', 'alice'],
    devices: [],
    push_tokens: [{ provider: 'apns', token: 'aa', environment: 'sandbox', bundle_id: 'com.shop', platform: 'ios' }],
    everyone: false,
  },
  only: { platforms: ['ios', 'web'] },
  except: { users: ['u9'], devices: ['d9'] },
  max_devices: 5_000,
  class: 'transactional',
  notification: {
    title: 'Order 8812',
    body: 'On its way',
    image: 'https://cdn.example/1.png',
    media: [{ url: 'https://cdn.example/1.mp4', type: 'video' }],
    sound: 'default',
    badge: 3,
    click: { url: 'https://shop.example/8812', deep_link: 'shop://order/8812' },
    actions: [{ id: 'track', title: 'Track', url: 'https://shop.example/t' }],
    thread: 'order-8812',
  },
  data: { order_id: '8812' },
  delivery: { ttl: '90m', priority: 'high', collapse_key: 'order-8812', on_uncertain: 'drop', track: 'failures' },
  overrides: { apns: { headers: {}, payload: { aps: { 'interruption-level': 'passive' } } }, fcm: {} },
  metadata: { campaign: 'autumn' },
  tags: ['orders'],
};

describe('the body of a send', () => {
  it('becomes a draft with every field in the words of the house', () => {
    const { fingerprint, ...draft } = read(whole);
    assert.match(fingerprint, /^[0-9a-f]{64}$/);
    assert.deepEqual(draft, {
      app: 'shop',
      to: {
        users: ['alice', 'bob'],
        devices: [],
        pushTokens: [{ provider: 'apns', token: 'aa', environment: 'sandbox', bundleId: 'com.shop', platform: 'ios' }],
        everyone: false,
      },
      onlyPlatforms: ['ios', 'web'],
      exceptUsers: ['u9'],
      exceptDevices: ['d9'],
      maxDevices: 5_000,
      class: 'transactional',
      notification: {
        title: 'Order 8812',
        body: 'On its way',
        image: 'https://cdn.example/1.png',
        media: [{ url: 'https://cdn.example/1.mp4', type: 'video' }],
        sound: 'default',
        badge: 3,
        click: { url: 'https://shop.example/8812', deepLink: 'shop://order/8812' },
        actions: [{ id: 'track', title: 'Track', url: 'https://shop.example/t' }],
        thread: 'order-8812',
      },
      data: { order_id: '8812' },
      ttlSeconds: 5_400,
      priority: 'high',
      collapseKey: 'order-8812',
      onUncertain: 'drop',
      track: 'failures',
      overrides: { apns: { headers: {}, payload: { aps: { 'interruption-level': 'passive' } } }, fcm: {} },
      metadata: { campaign: 'autumn' },
      tags: ['orders'],
    });
  });

  it('takes what a language says apart from the notification itself', () => {
    const { notification, locales, channel, route, ackTimeoutMs } = read({
      to: { users: ['a'] },
      channel: 'orders',
      delivery: { route: 'fcm_first', ack_timeout: '1m' },
      notification: {
        ...{ title: 'Paid', badge: 1, thread: 't' },
        locales: { 'zh-CN': { title: '已付款', click: { deep_link: 'shop://cn' } }, fr: {} },
      },
    });
    assert.deepEqual(notification, { title: 'Paid', badge: 1, thread: 't' });
    assert.deepEqual(locales, { 'zh-CN': { title: '已付款', click: { deepLink: 'shop://cn' } }, fr: {} });
    assert.deepEqual([channel, route, ackTimeoutMs], ['orders', 'fcm_first', 60_000]);
    assert.equal(read({ to: { users: ['a'] }, notification: { ...hello, locales: {} } }).locales, undefined);
  });

  it('refuses languages that are none, that are too many, or that stand alone', () => {
    const of = (locales: object, base: object = hello) =>
      faults({ to: { users: ['a'] }, notification: { ...base, locales } });
    assert.deepEqual(of({ fr: { badge: 1 } }), ['/notification/locales/fr/badge unknown_field']);
    assert.deepEqual(of({ 'f r': {} }), ['/notification/locales/f r invalid_key']);
    assert.deepEqual(of({ fr: {}, FR: {} }), ['/notification/locales duplicate']);
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`aa-${n + 100}`, {}]));
    assert.deepEqual(of(many), ['/notification/locales too_many_items']);
    assert.deepEqual(of({ fr: { title: 'x' } }, { badge: 1 }), ['/notification required']);
  });

  it('says nothing of what the caller left out', () => {
    const { fingerprint: _, ...draft } = read({ to: { users: ['a'] }, notification: hello });
    assert.deepEqual(draft, {
      app: 'shop',
      to: { users: ['a'], devices: [], pushTokens: [], everyone: false },
      exceptUsers: [],
      exceptDevices: [],
      notification: hello,
      overrides: {},
    });
  });

  it('takes "everyone" for {"everyone": true}, but knows the two bodies apart', () => {
    const short = read({ to: 'everyone', notification: hello });
    const long = read({ to: { everyone: true }, notification: hello });
    assert.deepEqual(short.to, long.to);
    assert.equal(short.to.everyone, true);
    assert.notEqual(short.fingerprint, long.fingerprint);
  });

  it('takes a title, a body or data as enough', () => {
    for (const content of [{ notification: { title: 't' } }, { notification: { body: 'b' } }, { data: { k: 'v' } }]) {
      assert.deepEqual(faults({ to: { users: ['a'] }, ...content }), []);
    }
  });

  it('is silent with data alone, also beside a notification that says nothing', () => {
    assert.equal(read({ to: { users: ['a'] }, notification: {}, data: { k: 'v' } }).notification, undefined);
  });

  for (const [ttl, seconds] of [
    ['0s', 0],
    ['8s', 8],
    ['15m', 900],
    ['24h', 86_400],
    ['30d', 2_592_000],
  ] as const) {
    it(`reads the duration ${ttl}`, () => {
      assert.equal(read({ to: { users: ['a'] }, data: { k: 'v' }, delivery: { ttl } }).ttlSeconds, seconds);
    });
  }
});

describe('a send that is refused', () => {
  const to = { users: ['a'] };
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['no body', undefined, [' required']],
    ['a list for a body', [], [' invalid_type']],
    ['nothing said', {}, ['/to required', '/notification required']],
    ['no target', { to: {}, notification: hello }, ['/to no_target']],
    ['an empty list of targets', { to: { users: [] }, notification: hello }, ['/to no_target']],
    [
      'everyone: false and nobody else',
      { to: { everyone: false, devices: [] }, notification: hello },
      ['/to no_target'],
    ],
    ['another word for to', { to: 'all', notification: hello }, ['/to invalid_type']],
    ['targets that are no list', { to: { users: 'a' }, notification: hello }, ['/to/users invalid_type']],
    ['an id no device can have', { to: { devices: ['a/b'] }, notification: hello }, ['/to/devices/0 invalid_format']],
    ['an empty user', { to: { users: ['a', ''] }, notification: hello }, ['/to/users/1 too_short']],
    ['no content', { to }, ['/notification required']],
    ['empty content', { to, notification: { title: '' }, data: {} }, ['/notification required']],
    ['data that is not text', { to, data: { n: 1, o: {} } }, ['/data/n invalid_type', '/data/o invalid_type']],
    ['a long title', { to, notification: { title: 'x'.repeat(1_025) } }, ['/notification/title too_long']],
    ['a long body', { to, notification: { body: 'x'.repeat(4_097) } }, ['/notification/body too_long']],
    [
      'an image that is not fetched safely',
      { to, notification: { title: 't', image: 'http://cdn.example/1.png' } },
      ['/notification/image invalid_format'],
    ],
    [
      'a link that runs code',
      { to, notification: { title: 't', click: { url: 'javascript:alert(1)', deep_link: 'javascript:alert(1)' } } },
      ['/notification/click/url invalid_format', '/notification/click/deep_link invalid_format'],
    ],
    [
      'a relative badge',
      { to, notification: { title: 't', badge: '+1' } },
      ['/notification/badge not_in_this_version'],
    ],
    ['a negative badge', { to, notification: { title: 't', badge: -1 } }, ['/notification/badge too_small']],
    ['a fraction', { to, notification: { title: 't', badge: 1.5 } }, ['/notification/badge invalid_type']],
    [
      'no time to answer',
      { to, data: { k: 'v' }, delivery: { ack_timeout: '0s' } },
      ['/delivery/ack_timeout too_small'],
    ],
    [
      'more than a minute to answer',
      { to, data: { k: 'v' }, delivery: { ack_timeout: '61s' } },
      ['/delivery/ack_timeout too_large'],
    ],
    ['a TTL over 30 days', { to, data: { k: 'v' }, delivery: { ttl: '31d' } }, ['/delivery/ttl too_large']],
    ['a TTL in numbers', { to, data: { k: 'v' }, delivery: { ttl: 60 } }, ['/delivery/ttl invalid_type']],
    ['a TTL without unit', { to, data: { k: 'v' }, delivery: { ttl: '60' } }, ['/delivery/ttl invalid_format']],
    [
      'a collapse key that is no header text',
      { to, data: { k: 'v' }, delivery: { collapse_key: 'a\r\nb' } },
      ['/delivery/collapse_key invalid_format'],
    ],
    [
      'a long collapse key',
      { to, data: { k: 'v' }, delivery: { collapse_key: 'x'.repeat(65) } },
      ['/delivery/collapse_key too_long'],
    ],
    ["a class of one's own", { to, data: { k: 'v' }, class: 'promo' }, ['/class invalid_value']],
    [
      'a platform nobody has',
      { to, data: { k: 'v' }, only: { platforms: ['io'] } },
      ['/only/platforms/0 invalid_value'],
    ],
    ['much metadata', { to, data: { k: 'v' }, metadata: { x: 'x'.repeat(4_096) } }, ['/metadata too_large']],
    ['metadata that is a list', { to, data: { k: 'v' }, metadata: [] }, ['/metadata invalid_type']],
    ['many tags', { to, data: { k: 'v' }, tags: Array.from({ length: 21 }, String) }, ['/tags too_many_items']],
    [
      'an override that is no object',
      { to, data: { k: 'v' }, overrides: { apns: 1 } },
      ['/overrides/apns invalid_type'],
    ],
    ['max_devices 0', { to, data: { k: 'v' }, max_devices: 0 }, ['/max_devices too_small']],
    [
      'a push token without provider',
      { to: { push_tokens: [{ token: 'x' }, { provider: 'apns', token: null }] }, data: { k: 'v' } },
      ['/to/push_tokens/0/provider required', '/to/push_tokens/1/token invalid_type'],
    ],
  ];
  for (const [what, body, expected] of cases) {
    it(`tells of ${what}`, () => {
      assert.deepEqual(faults(body), expected);
    });
  }

  it('takes 1,000 names of all kinds and refuses one more; doubles count once', () => {
    const users = Array.from({ length: 600 }, (_, i) => `u${i}`);
    const devices = Array.from({ length: 400 }, (_, i) => `d${i}`);
    assert.deepEqual(faults({ to: { users: [...users, 'u0'], devices }, notification: hello }), []);
    const more = { to: { users, devices: [...devices, 'one-more'] }, notification: hello };
    assert.deepEqual(faults(more), ['/to too_many_targets']);
  });

  it('names every fault at once', () => {
    const body = {
      to: { user: ['a'] },
      notification: { titl: 'x', badge: 'many' },
      delivery: { ttl: 'soon' },
      sendAt: 1,
    };
    assert.deepEqual(faults(body).sort(), [
      '/delivery/ttl invalid_format',
      '/notification required',
      '/notification/badge invalid_type',
      '/notification/titl unknown_field',
      '/sendAt unknown_field',
      '/to/user unknown_field',
    ]);
    assert.match(detail(body), /'titl' is not a field here; did you mean 'title'\?/);
    assert.match(detail(body), /'user' is not a field here; did you mean 'users'\?/);
  });

  it('escapes what a JSON pointer must escape', () => {
    assert.deepEqual(faults({ to, data: { 'a/b~c': 1 } }), ['/data/a~1b~0c invalid_type']);
  });

  it('tells what it would have taken', () => {
    assert.match(detail({ to, data: { k: 'v' }, class: 'transactionl' }), /did you mean 'transactional'\?/);
    assert.match(detail({ to, data: { k: 1 } }), /must be a string/);
  });

  it('is for a topic, for a filter, and narrowed and lessened by them', () => {
    const plan = { attr: 'user.plan', op: 'eq', value: 'pro' };
    const test = { kind: 'test', attr: { kind: 'attribute', of: 'user', name: 'plan' }, op: 'eq', value: 'pro' };
    const draft = read({
      to: { topics: ['news', 'news'], filter: { not: plan } },
      only: { providers: ['apns'], filter: plan },
      except: { topics: ['quiet'] },
      notification: hello,
    });
    assert.deepEqual(draft.to, {
      users: [],
      devices: [],
      pushTokens: [],
      everyone: false,
      topics: ['news'],
      filter: { kind: 'not', of: test },
    });
    assert.deepEqual([draft.onlyProviders, draft.onlyFilter, draft.exceptTopics], [['apns'], test, ['quiet']]);
  });

  it('has a fingerprint of its own for every topic and filter', () => {
    const value = (plan: string) => ({ attr: 'user.plan', op: 'eq', value: plan });
    const bodies = [
      { to: { topics: ['a'] } },
      { to: { topics: ['b'] } },
      { to: { filter: value('pro') } },
      { to: { filter: value('team') } },
      { to: 'everyone', only: { filter: value('pro') } },
      { to: 'everyone', only: { filter: value('team') } },
      { to: 'everyone', only: { providers: ['apns'] } },
      { to: 'everyone', except: { topics: ['a'] } },
      { to: 'everyone' },
    ];
    const prints = bodies.map((body) => read({ ...body, notification: hello }).fingerprint);
    assert.equal(new Set(prints).size, bodies.length);
  });

  it('tells what is wrong with topics and filters, and where', () => {
    const send = (part: object) => faults({ notification: hello, ...part });
    const many = Array.from({ length: 101 }, (_, n) => `t${n}`);
    assert.deepEqual(send({ to: { topics: ['ok', 'not ok'] } }), ['/to/topics/1 invalid_format']);
    assert.deepEqual(send({ to: { topics: [] } }), ['/to no_target']);
    assert.deepEqual(send({ to: { topics: 'news' } }), ['/to/topics invalid_type']);
    assert.deepEqual(send({ to: { topics: many } }), ['/to/topics too_many_items']);
    assert.deepEqual(send({ to: { users: ['a'], topics: [] } }), []);
    assert.deepEqual(send({ to, except: { topics: many } }), ['/except/topics too_many_items']);
    assert.deepEqual(send({ to, only: { providers: [] } }), ['/only/providers too_few_items']);
    const wrong = { any: [{ attr: 'plan', op: 'is', value: 1 }] };
    assert.deepEqual(send({ to: { filter: wrong }, only: { filter: 7 } }), [
      '/to/filter/any/0/attr unknown_attribute',
      '/to/filter/any/0/op unknown_op',
      '/only/filter invalid_type',
    ]);
  });

  const later: readonly (readonly [string, unknown])[] = [
    ['/template', { template: { id: 'x' } }],
    ['/schedule', { schedule: {} }],
    ['/limits', { limits: {} }],
    ['/sensitive', { sensitive: false }],
    ['/to/segments', { to: { users: ['a'], segments: [] } }],
    ['/except/segments', { except: { segments: [] } }],
    ['/delivery/order_key', { delivery: { order_key: 'x' } }],
  ];
  for (const [pointer, part] of later) {
    it(`refuses ${pointer} as not in this version instead of ignoring it`, () => {
      const body = { to, notification: hello, ...(part as object) };
      assert.deepEqual(faults(body), [`${pointer} not_in_this_version`]);
      assert.match(detail(body), /not honoured by this version/);
    });
  }

  it('does not grow with the number of faults, nor with the length of a name', () => {
    const names = Object.fromEntries(Array.from({ length: 999 }, (_, i) => [`${'n'.repeat(400)}${i}`, 1]));
    assert.equal(faults({ to, data: { k: 'v' }, ...names }).length, 999);
    assert.ok(detail({ to, data: { k: 'v' }, ...names }).length < 999 * 250);
  });
});
