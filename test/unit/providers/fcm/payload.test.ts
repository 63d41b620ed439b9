import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Json, JsonObject, Message, PushToken } from '../../../../providers/contract.js';
import { compile, encode } from '../../../../providers/fcm/payload.js';

const now = 1_700_000_000_500;
const token = 'fKx0aQ9T3mB1cDe2FgH4iJ:APA91b' as PushToken;
const id = 'msg_1';

function message(part: Partial<Message> = {}): Message {
  return {
    id: 'msg_1',
    app: 'shop',
    notification: { title: 'Hi', body: 'Your order left' },
    ttlSeconds: 3600,
    priority: 'high',
    ...part,
  };
}

function silent(part: Partial<Message> = {}): Message {
  const { notification: _, ...rest } = message(part);
  return rest;
}

interface Sent {
  readonly token?: string;
  readonly data: Record<string, string>;
  readonly notification?: JsonObject;
  readonly android: JsonObject & { notification?: JsonObject };
  readonly apns: { headers: Record<string, string>; payload: { aps: JsonObject } & JsonObject };
  readonly webpush: { headers: Record<string, string>; notification?: JsonObject; fcm_options?: JsonObject };
}

function sent(from: Message): Sent {
  const { compiled, misfits } = compile(from, now);
  assert.ok(compiled, JSON.stringify(misfits));
  const body = JSON.parse(encode(compiled, token).toString()) as { message: Sent };
  assert.deepEqual(Object.keys(body), ['message']);
  return body.message;
}

function misfits(from: Message, severity: 'error' | 'warning'): [string, string | undefined][] {
  const found = compile(from, now);
  assert.equal(
    found.compiled === undefined,
    found.misfits.some((one) => one.severity === 'error'),
  );
  return found.misfits.filter((one) => one.severity === severity).map((one) => [one.code, one.pointer]);
}

describe('FCM payload', () => {
  it('is a whole message for one device, with its id wherever a platform replaces by it', () => {
    assert.deepEqual(sent(message()), {
      token,
      data: { pealbell: '{"id":"msg_1"}' },
      notification: { title: 'Hi', body: 'Your order left' },
      android: { priority: 'HIGH', ttl: '3600s', notification: { tag: id } },
      apns: {
        headers: {
          'apns-push-type': 'alert',
          'apns-priority': '10',
          'apns-expiration': '1700003600',
          'apns-collapse-id': id,
        },
        payload: { aps: {} },
      },
      webpush: { headers: { Urgency: 'high', TTL: '3600' }, notification: { tag: id } },
    });
  });

  it('maps every field of a notification', () => {
    const got = sent(
      message({
        notification: {
          title: 'T',
          body: 'B',
          sound: 'bell',
          badge: 3,
          thread: 'orders',
          image: 'https://cdn.example/a.png',
          media: [{ url: 'https://cdn.example/b.mp4', type: 'video' }],
          click: { url: 'https://shop.example/1', deepLink: 'shop://1' },
          actions: [{ id: 'track', title: 'Track', url: 'https://shop.example/t' }],
        },
        data: { order: '8812' },
        collapseKey: 'order-8812',
      }),
    );
    assert.deepEqual(got.notification, { title: 'T', body: 'B', image: 'https://cdn.example/a.png' });
    assert.deepEqual(got.android, {
      priority: 'HIGH',
      ttl: '3600s',
      collapse_key: 'order-8812',
      notification: { sound: 'bell', notification_count: 3, tag: 'order-8812' },
    });
    assert.deepEqual(got.apns.payload, {
      aps: { sound: 'bell', badge: 3, 'thread-id': 'orders', 'mutable-content': 1 },
    });
    assert.deepEqual((got.apns as unknown as JsonObject).fcm_options, { image: 'https://cdn.example/a.png' });
    assert.equal(got.apns.headers['apns-collapse-id'], 'order-8812');
    assert.deepEqual(got.webpush, {
      headers: { Urgency: 'high', TTL: '3600', Topic: 'order-8812' },
      notification: {
        image: 'https://cdn.example/a.png',
        actions: [{ action: 'track', title: 'Track' }],
        tag: 'order-8812',
      },
      fcm_options: { link: 'https://shop.example/1' },
    });
    assert.equal(got.data.order, '8812');
    assert.deepEqual(JSON.parse(got.data.pealbell ?? ''), {
      id: 'msg_1',
      click: { url: 'https://shop.example/1', deep_link: 'shop://1' },
      media: [
        { url: 'https://cdn.example/a.png', type: 'image' },
        { url: 'https://cdn.example/b.mp4', type: 'video' },
      ],
    });
  });

  it('makes a message without a notification data only, and a background push on iOS', () => {
    for (const priority of ['high', 'normal', 'low'] as const) {
      const got = sent(silent({ data: { sync: '1' }, priority }));
      assert.equal(got.notification, undefined);
      assert.equal(got.android.notification, undefined);
      assert.equal(got.webpush.notification, undefined);
      assert.deepEqual(got.apns.payload, { aps: { 'content-available': 1 } });
      assert.equal(got.apns.headers['apns-push-type'], 'background');
      assert.equal(got.apns.headers['apns-priority'], '5');
      assert.equal(got.apns.headers['apns-collapse-id'], undefined);
      assert.deepEqual(got.data, { sync: '1', pealbell: '{"id":"msg_1"}' });
    }
  });

  const priorities = { high: ['HIGH', '10', 'high'], normal: ['NORMAL', '5', 'normal'], low: ['NORMAL', '1', 'low'] };
  for (const priority of ['high', 'normal', 'low'] as const) {
    it(`gives ${priority} priority each platform’s own: ${priorities[priority].join(', ')}`, () => {
      const { android, apns, webpush } = sent(message({ priority }));
      assert.deepEqual(
        [android.priority, apns.headers['apns-priority'], webpush.headers.Urgency],
        priorities[priority],
      );
    });
  }

  it('tells each platform the TTL, 0 as now or never, and more than 28 days as 28 days with a warning', () => {
    const ttl = (ttlSeconds: number) => {
      const { android, apns, webpush } = sent(message({ ttlSeconds }));
      return [android.ttl, apns.headers['apns-expiration'], webpush.headers.TTL];
    };
    assert.deepEqual(ttl(0), ['0s', '0', '0']);
    assert.deepEqual(ttl(60.9), ['60s', '1700000060', '60']);
    const most = 28 * 86_400;
    assert.deepEqual(ttl(40 * 86_400), [`${most}s`, String(1_700_000_000 + most), String(most)]);
    assert.deepEqual(misfits(message({ ttlSeconds: most }), 'warning'), []);
    assert.deepEqual(misfits(message({ ttlSeconds: most + 1 }), 'warning'), [['ttl_shortened', '/ttl']]);
  });

  it('refuses data keys that are taken', () => {
    const data = {
      from: '1',
      message_type: '2',
      'google.x': '3',
      gcm: '4',
      aps: '5',
      pealbell: '6',
      ok: '7',
      fromage: '8',
    };
    assert.deepEqual(
      misfits(message({ data }), 'error').map(([code, pointer]) => `${code} ${pointer}`),
      ['from', 'message_type', 'google.x', 'gcm', 'aps', 'pealbell'].map((key) => `data_key_reserved /data/${key}`),
    );
  });

  it('refuses a collapse key that is no header of 64 bytes, and makes a Topic of any other', () => {
    for (const collapseKey of ['', 'x'.repeat(65), 'größe', 'a\nb', ' a']) {
      assert.deepEqual(misfits(message({ collapseKey }), 'error'), [['collapse_key_invalid', '/collapse_key']]);
    }
    const topics = ['order 8812', 'order 8813', 'x'.repeat(64)].map((collapseKey) => {
      const { Topic } = sent(message({ collapseKey })).webpush.headers;
      assert.match(Topic ?? '', /^[\w-]{32}$/);
      assert.equal(sent(message({ collapseKey })).webpush.headers.Topic, Topic);
      return Topic;
    });
    assert.equal(new Set(topics).size, 3);
  });

  it('refuses a badge that is no whole number and a notification that shows nothing', () => {
    for (const badge of [-1, 1.5, Number.NaN, 2 ** 31]) {
      assert.deepEqual(misfits(message({ notification: { title: 'T', badge } }), 'error'), [
        ['badge_invalid', '/notification/badge'],
      ]);
    }
    assert.deepEqual(misfits(message({ notification: {} }), 'error'), [['notification_empty', '/notification']]);
  });

  it('sends a badge alone to iOS with a warning, and leaves a badge of 0 out on Android', () => {
    const badge = message({ notification: { badge: 0 } });
    assert.deepEqual(misfits(badge, 'warning'), [['notification_ios_only', '/notification']]);
    const got = sent(badge);
    assert.equal(got.notification, undefined);
    assert.deepEqual(got.apns.payload, { aps: { badge: 0 } });
    assert.equal(got.apns.headers['apns-push-type'], 'alert');
    assert.deepEqual(sent(message({ notification: { title: 'T', badge: 0 } })).android.notification, { tag: id });
  });

  it('warns of what a platform loses', () => {
    const notification = {
      title: 'T',
      thread: 't',
      actions: [{ id: 'a', title: 'A' }],
      click: { url: 'http://shop.example' },
    };
    assert.deepEqual(misfits(message({ notification }), 'warning'), [
      ['actions_unmapped', '/notification/actions'],
      ['thread_unmapped', '/notification/thread'],
      ['click_unmapped', '/notification/click/url'],
    ]);
    assert.equal(sent(message({ notification })).webpush.fcm_options, undefined);
  });

  it('takes a full payload and refuses one of 4097 bytes, counted in UTF-8 after the override', () => {
    const size = (body: string) => {
      const [found] = compile(message({ notification: { body } }), now).misfits;
      return found === undefined ? 0 : Number(/has (\d+) bytes/.exec(found.detail)?.[1]);
    };
    const over = size('x'.repeat(5000));
    const most = 5000 - (over - 4096);
    assert.equal(size('x'.repeat(most)), 0);
    assert.equal(size('x'.repeat(most + 1)), 4097);
    assert.equal(size('é'.repeat(Math.floor(most / 2))), 0);
    assert.ok(size('é'.repeat(Math.floor(most / 2) + 1)) > 4096);
    const override = { apns: { payload: { blob: 'x'.repeat(4096) } } };
    assert.deepEqual(misfits(message({ override }), 'error'), [['payload_too_large', undefined]]);
  });

  it('keeps odd data keys as they are', () => {
    const data = JSON.parse('{"__proto__":"p","toJSON":"t","constructor":"c","a/b":"~"}') as Record<string, string>;
    const { compiled } = compile(message({ data }), now);
    assert.ok(compiled);
    const text = encode(compiled, token).toString();
    for (const part of ['"__proto__":"p"', '"toJSON":"t"', '"constructor":"c"', '"a/b":"~"']) {
      assert.ok(text.includes(part), part);
    }
  });

  it('gives each device its own token, and shares the rest', () => {
    const { compiled } = compile(message(), now);
    assert.ok(compiled);
    const first = encode(compiled, 'a'.repeat(30) as PushToken).toString();
    const second = encode(compiled, 'b'.repeat(30) as PushToken).toString();
    assert.equal(second, first.replaceAll('a'.repeat(30), 'b'.repeat(30)));
  });
});

describe('FCM override', () => {
  it('merges into the message: objects merge, null removes, all else replaces', () => {
    const override = {
      notification: { body: null },
      android: { notification: { channel_id: 'orders', body_loc_key: 'LEFT', body_loc_args: ['8812'] } },
      fcm_options: { analytics_label: 'a' },
    };
    const got = sent(message({ override }));
    assert.deepEqual(got.notification, { title: 'Hi' });
    assert.deepEqual(got.android.notification, {
      channel_id: 'orders',
      body_loc_key: 'LEFT',
      body_loc_args: ['8812'],
      tag: id,
    });
    assert.deepEqual((got as unknown as JsonObject).fcm_options, { analytics_label: 'a' });
  });

  it('names its own tag, collapse id, priority and push type', () => {
    const override = {
      android: { priority: 'NORMAL', notification: { tag: 'mine' } },
      apns: { headers: { 'apns-collapse-id': 'mine', 'apns-priority': '5' } },
      webpush: { notification: { tag: 'mine' } },
    };
    const { android, apns, webpush } = sent(message({ override }));
    assert.deepEqual([android.priority, android.notification?.tag], ['NORMAL', 'mine']);
    assert.deepEqual([apns.headers['apns-collapse-id'], apns.headers['apns-priority']], ['mine', '5']);
    assert.equal(webpush.notification?.tag, 'mine');
  });

  it('cannot take away the life time, our block or the tag, by removing what holds them', () => {
    const override = { android: null, apns: null, webpush: null, data: null };
    assert.deepEqual(sent(message({ data: { a: 'b' }, override })), {
      token,
      data: { pealbell: '{"id":"msg_1"}' },
      notification: { title: 'Hi', body: 'Your order left' },
      android: { ttl: '3600s', notification: { tag: id } },
      apns: {
        headers: {
          'apns-push-type': 'alert',
          'apns-priority': '10',
          'apns-expiration': '1700003600',
          'apns-collapse-id': id,
        },
      },
      webpush: { headers: { TTL: '3600' }, notification: { tag: id } },
    });
  });

  it('finds our block in a platform’s own data too, since that stands in place of the common data', () => {
    const got = sent(message({ override: { android: { data: { a: 'b' } } } }));
    assert.deepEqual(got.android.data, { a: 'b', pealbell: '{"id":"msg_1"}' });
    assert.equal((got.webpush as unknown as JsonObject).data, undefined);
  });

  it('makes a silent message visible, and then it is an alert on iOS', () => {
    const got = sent(silent({ override: { notification: { title: 'Hi' } } }));
    assert.equal(got.apns.headers['apns-push-type'], 'alert');
    assert.equal(got.apns.headers['apns-priority'], '10');
    assert.equal(got.android.notification?.tag, id);
  });

  const refused: [JsonObject, string, string][] = [
    [{ token: 'x' }, 'override_refused', '/overrides/fcm/token'],
    [{ token: null }, 'override_refused', '/overrides/fcm/token'],
    [{ fid: 'x' }, 'override_refused', '/overrides/fcm/fid'],
    [{ topic: 'x' }, 'override_refused', '/overrides/fcm/topic'],
    [{ condition: 'x' }, 'override_refused', '/overrides/fcm/condition'],
    [{ data: { pealbell: 'x' } }, 'override_refused', '/overrides/fcm/data/pealbell'],
    [{ android: { data: { pealbell: null } } }, 'override_refused', '/overrides/fcm/android/data/pealbell'],
    [{ android: { ttl: '0s' } }, 'override_refused', '/overrides/fcm/android/ttl'],
    [
      { apns: { headers: { 'Apns-Expiration': '0' } } },
      'override_refused',
      '/overrides/fcm/apns/headers/Apns-Expiration',
    ],
    [{ webpush: { headers: { ttl: '0' } } }, 'override_refused', '/overrides/fcm/webpush/headers/ttl'],
    [{ data: { from: 'x' } }, 'data_key_reserved', '/overrides/fcm/data/from'],
    [{ data: { n: 1 } }, 'override_invalid', '/overrides/fcm/data/n'],
    [{ data: { 'a/b': {} } }, 'override_invalid', '/overrides/fcm/data/a~1b'],
    [{ data: 'x' }, 'override_invalid', '/overrides/fcm/data'],
    [{ android: 'x' }, 'override_invalid', '/overrides/fcm/android'],
    [{ notification: [] }, 'override_invalid', '/overrides/fcm/notification'],
    [{ apns: { payload: { aps: 7 } } }, 'override_invalid', '/overrides/fcm/apns/payload/aps'],
    [{ apns: { headers: { 'apns-priority': 5 } } }, 'override_invalid', '/overrides/fcm/apns/headers/apns-priority'],
    [{ webpush: { headers: { Topic: 'a\nb' } } }, 'override_invalid', '/overrides/fcm/webpush/headers/Topic'],
    [
      { apns: { headers: { 'apns-collapse-id': 'x'.repeat(65) } } },
      'collapse_key_invalid',
      '/overrides/fcm/apns/headers/apns-collapse-id',
    ],
  ];
  for (const [override, code, pointer] of refused) {
    it(`refuses ${JSON.stringify(override).slice(0, 80)}`, () => {
      assert.deepEqual(misfits(message({ override }), 'error'), [[code, pointer]]);
    });
  }

  it('never makes another address, a longer life or a second copy, whatever it is given', () => {
    const json = fc.jsonValue({ maxDepth: 3 }).map((value) => value as Json);
    const keys = ['token', 'topic', 'data', 'android', 'apns', 'webpush', 'notification', 'headers', 'payload', 'ttl'];
    const some = fc.constantFrom(...keys);
    const override = fc.dictionary(
      some,
      fc.oneof(json, fc.dictionary(some, fc.oneof(json, fc.dictionary(some, json)))),
    );
    fc.assert(
      fc.property(override, (given) => {
        const { compiled } = compile(message({ override: given as JsonObject }), now);
        if (compiled === undefined) return;
        const got = (JSON.parse(encode(compiled, token).toString()) as { message: Sent }).message;
        assert.equal(got.token, token);
        assert.equal((got as unknown as JsonObject).topic, undefined);
        assert.equal(got.data.pealbell, '{"id":"msg_1"}');
        assert.equal(got.android.ttl, '3600s');
        assert.equal(got.apns.headers['apns-expiration'], '1700003600');
        assert.equal(got.webpush.headers.TTL, '3600');
      }),
      { numRuns: 500 },
    );
  });
});
