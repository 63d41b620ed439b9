import assert from 'node:assert/strict';
import type { Message } from '../../../../providers/contract.js';
import { compile, topicOf } from '../../../../providers/webpush/payload.js';

const base: Message = {
  id: 'msg_1',
  app: 'shop',
  notification: { title: 'Hello' },
  ttlSeconds: 600,
  priority: 'high',
};

function plaintext(message: Message): Record<string, unknown> {
  const { compiled, misfits } = compile(message);
  assert.ok(compiled !== undefined, JSON.stringify(misfits));
  return JSON.parse(compiled.plaintext.toString('utf8'));
}

function headers(message: Message): Readonly<Record<string, string>> | undefined {
  return compile(message).compiled?.headers;
}

function codes(message: Message): string[] {
  return compile(message).misfits.map(({ severity, code, pointer }) => `${severity} ${code} ${pointer ?? ''}`.trim());
}

describe('the Web Push payload', () => {
  it('hands every field of a notification to the service worker, under the names of declarative Web Push', () => {
    const message: Message = {
      ...base,
      notification: {
        title: 'Order 42',
        body: 'Grüße, 日本 🔔',
        image: 'https://shop.example/i.png',
        media: [{ url: 'https://shop.example/v.mp4', type: 'video' }],
        sound: 'ding',
        badge: 0,
        click: { url: 'https://shop.example/o/42', deepLink: 'shop://o/42' },
        actions: [
          { id: 'track', title: 'Track', url: 'https://shop.example/t' },
          { id: 'later', title: 'Later' },
        ],
        thread: 'orders',
      },
      data: { order: '42' },
    };
    assert.deepEqual(compile(message).misfits, []);
    assert.deepEqual(plaintext(message), {
      pealbell: {
        tag: 'msg_1',
        id: 'msg_1',
        click: { url: 'https://shop.example/o/42', deep_link: 'shop://o/42' },
      },
      notification: {
        title: 'Order 42',
        body: 'Grüße, 日本 🔔',
        image: 'https://shop.example/i.png',
        navigate: 'https://shop.example/o/42',
        actions: [
          { action: 'track', title: 'Track', navigate: 'https://shop.example/t' },
          { action: 'later', title: 'Later' },
        ],
        app_badge: 0,
        media: [{ url: 'https://shop.example/v.mp4', type: 'video' }],
        sound: 'ding',
        thread: 'orders',
      },
      data: { order: '42' },
    });
  });

  it('is tagged with the message, as it is over the device’s own connection', () => {
    assert.deepEqual(plaintext(base).pealbell, { tag: 'msg_1', id: 'msg_1' });
  });

  it('is tagged with the collapse key where there is one, and its hash is the topic', () => {
    const message = { ...base, collapseKey: 'order "42"' };
    assert.deepEqual(plaintext(message).pealbell, { tag: 'order "42"', id: 'msg_1' });
    assert.equal(headers(message)?.topic, topicOf('order "42"'));
    assert.match(topicOf('order "42"'), /^[A-Za-z0-9_-]{32}$/);
    assert.notEqual(topicOf('order "43"'), topicOf('order "42"'));
    assert.equal(headers(base)?.topic, undefined);
  });

  it('keeps its tag whatever stands in data and override', () => {
    const message: Message = {
      ...base,
      data: { '1': '00000000-0000-0000-0000-000000000000', '{"pealbell":{"tag":"': 'x' },
      override: { payload: { '0': { pealbell: { tag: 'no' } }, web_push: 8030, notification: { title: null } } },
    };
    const read = plaintext({ ...message, notification: { title: 'Hello', body: 'there' } });
    assert.deepEqual(read, {
      pealbell: { tag: 'msg_1', id: 'msg_1' },
      '0': { pealbell: { tag: 'no' } },
      web_push: 8030,
      notification: { body: 'there' },
      data: message.data,
    });
  });

  it('of a silent message holds data and our block, and warns of what browsers think of it', () => {
    const { notification: _, ...silent } = base;
    assert.deepEqual(plaintext({ ...silent, data: { a: 'b' } }), {
      pealbell: { tag: 'msg_1', id: 'msg_1' },
      data: { a: 'b' },
    });
    assert.deepEqual(plaintext(silent), { pealbell: { tag: 'msg_1', id: 'msg_1' } });
    assert.deepEqual(codes(silent), ['warning silent_refused /notification']);
  });

  it('takes 3993 bytes, warns beyond what Firefox on Android takes, refuses more', () => {
    const empty = compile({ ...base, data: { a: '' } }).compiled?.plaintext.length ?? 0;
    const sized = (bytes: number): Message => ({ ...base, data: { a: 'x'.repeat(bytes - empty) } });
    assert.deepEqual(codes(sized(2641)), []);
    assert.deepEqual(codes(sized(2642)), ['warning payload_large']);
    assert.deepEqual(codes(sized(3993)), ['warning payload_large']);
    assert.equal(compile(sized(3993)).compiled?.plaintext.length, 3993);
    assert.deepEqual(codes(sized(3994)), ['error payload_too_large']);
    assert.equal(compile(sized(3994)).compiled, undefined);
    const wide = { ...base, data: { a: '日'.repeat(1400) } };
    assert.deepEqual(codes(wide), ['error payload_too_large']);
  });

  for (const [priority, urgency] of [
    ['high', 'high'],
    ['normal', 'normal'],
    ['low', 'low'],
  ] as const) {
    it(`priority ${priority} is urgency ${urgency}`, () => {
      assert.equal(headers({ ...base, priority })?.urgency, urgency);
    });
  }

  for (const [ttlSeconds, ttl] of [
    [0, '0'],
    [-5, '0'],
    [1.9, '1'],
    [600, '600'],
    [2_419_200, '2419200'],
    [2_419_201, '2419200'],
  ] as const) {
    it(`${ttlSeconds} seconds are TTL ${ttl}`, () => assert.equal(headers({ ...base, ttlSeconds })?.ttl, ttl));
  }

  it('warns when a TTL is shortened', () => {
    assert.deepEqual(codes({ ...base, ttlSeconds: 2_419_201 }), ['warning ttl_shortened /ttl']);
  });

  it('says how the body is coded', () => {
    assert.deepEqual(headers(base), {
      ttl: '600',
      urgency: 'high',
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
    });
  });

  it('takes urgency and topic from the override', () => {
    const override = { headers: { urgency: 'very-low', topic: 'orders_42-' } };
    assert.equal(headers({ ...base, override })?.urgency, 'very-low');
    assert.equal(headers({ ...base, collapseKey: 'x', override })?.topic, 'orders_42-');
  });

  it('does not change the message', () => {
    const frozen: Message = Object.freeze({
      ...base,
      notification: Object.freeze({ title: 'x' }),
      override: Object.freeze({ payload: Object.freeze({ notification: Object.freeze({ title: 'y' }) }) }),
    });
    assert.deepEqual(plaintext(frozen).notification, { title: 'y' });
  });

  for (const [what, message, expected] of [
    ['nothing to see', { notification: { sound: 'x' } }, 'error notification_empty /notification'],
    ['half a badge', { notification: { title: 'x', badge: 0.5 } }, 'error badge_invalid /notification/badge'],
    ['an override of another shape', { override: { aps: {} } }, 'error override_invalid /overrides/webpush/aps'],
    ['headers that are none', { override: { headers: 'x' } }, 'error override_invalid /overrides/webpush/headers'],
    [
      'an unknown header',
      { override: { headers: { 'a/b': 'x' } } },
      'error override_refused /overrides/webpush/headers/a~1b',
    ],
    [
      'a TTL of its own',
      { override: { headers: { ttl: 5 } } },
      'error override_refused /overrides/webpush/headers/ttl',
    ],
    [
      'a wrong urgency',
      { override: { headers: { urgency: 'max' } } },
      'error priority_invalid /overrides/webpush/headers/urgency',
    ],
    [
      'a long topic',
      { override: { headers: { topic: 'x'.repeat(33) } } },
      'error collapse_key_invalid /overrides/webpush/headers/topic',
    ],
    [
      'a topic of other characters',
      { override: { headers: { topic: 'a b' } } },
      'error collapse_key_invalid /overrides/webpush/headers/topic',
    ],
    [
      'our own block',
      { override: { payload: { pealbell: {} } } },
      'error override_refused /overrides/webpush/payload/pealbell',
    ],
  ] as const) {
    it(`${what}: refused`, () => {
      assert.deepEqual(codes({ ...base, ...message }), [expected]);
      assert.equal(compile({ ...base, ...message }).compiled, undefined);
    });
  }
});
