import assert from 'node:assert/strict';
import type { JsonObject, Message } from '../../../../providers/contract.js';
import { meizuKind } from '../../../../providers/meizu/kind.js';
import { compile, PAYLOAD_DEFAULTS, type PayloadSettings } from '../../../../providers/meizu/payload.js';
import { collapseText } from '../../../../providers/shared/collapse-number.js';

const message: Message = {
  id: 'msg_1',
  app: 'shop',
  notification: { title: 'Paid', body: 'Order 7' },
  ttlSeconds: 3_600,
  priority: 'normal',
};
const SERVICE: PayloadSettings = { ...PAYLOAD_DEFAULTS, service_class: true };

function made(more: Partial<Message>, settings?: PayloadSettings, callbackUrl?: string): Record<string, JsonObject> {
  const { compiled, misfits } = compile({ ...message, ...more }, settings, callbackUrl);
  assert.ok(compiled, JSON.stringify(misfits));
  return compiled as Record<string, JsonObject>;
}

function codes(more: Partial<Message>, settings?: PayloadSettings): string[] {
  return compile({ ...message, ...more }, settings).misfits.map(({ severity, code }) => `${severity} ${code}`);
}

describe('a message for Meizu', () => {
  it('has our id where it is echoed and replaced', () => {
    assert.deepEqual(made({ data: { order: '7' } }, undefined, 'https://push.example.org/c'), {
      noticeBarInfo: { noticeMsgType: 0, noticeBarType: 0, title: 'Paid', content: 'Order 7' },
      clickTypeInfo: { clickType: 0, parameters: { order: '7', pealbell: '{"id":"msg_1"}' } },
      pushTimeInfo: { offLine: 1, validTime: 1 },
      advanceInfo: { notifyKey: collapseText('msg_1', 8) },
      extra: { callback: 'https://push.example.org/c', 'callback.param': 'msg_1' },
    });
    assert.deepEqual(codes({}), []);
    assert.equal('extra' in made({}), false);
    assert.equal('extra' in made({ id: 'm'.repeat(65) }, undefined, 'https://push.example.org/c'), false);
  });

  it('takes the place of those with its collapse key', () => {
    const { notifyKey } = made({ collapseKey: 'order-7' }).advanceInfo ?? {};
    assert.equal(notifyKey, collapseText('order-7', 8));
    assert.match(String(notifyKey), /^[0-9A-Za-z_-]{8}$/);
  });

  for (const [ttlSeconds, time] of [
    [0, { offLine: 0 }],
    [1, { offLine: 1, validTime: 1 }],
    [3_599, { offLine: 1, validTime: 1 }],
    [3_600, { offLine: 1, validTime: 1 }],
    [3_601, { offLine: 1, validTime: 2 }],
    [259_200, { offLine: 1, validTime: 72 }],
    [259_201, { offLine: 1, validTime: 72 }],
  ] as const) {
    it(`with a TTL of ${ttlSeconds} s is kept as ${JSON.stringify(time)}`, () => {
      assert.deepEqual(made({ ttlSeconds }).pushTimeInfo, time);
      const raised = ttlSeconds > 0 && ttlSeconds < 3_600 ? ['warning ttl_raised'] : [];
      assert.deepEqual(codes({ ttlSeconds }), ttlSeconds > 259_200 ? ['warning ttl_shortened'] : raised);
    });
  }

  for (const [name, more, settings, type, told] of [
    ['without a class is public', {}, SERVICE, 0, []],
    ['of marketing is public', { class: 'marketing' }, SERVICE, 0, []],
    ['of a transaction is private', { class: 'transactional' }, SERVICE, 1, []],
    [
      'of a transaction is public without the grant',
      { class: 'transactional' },
      PAYLOAD_DEFAULTS,
      0,
      ['warning class_lowered'],
    ],
    [
      'of a transaction is public where the channel wants it',
      { class: 'transactional', channel: { name: 'news', settings: 'public' } },
      SERVICE,
      0,
      [],
    ],
    [
      'of marketing is never raised by its channel',
      { channel: { name: 'orders', settings: 'private' } },
      SERVICE,
      0,
      ['warning channel_unmapped'],
    ],
  ] as const) {
    it(name, () => {
      assert.equal(made(more, settings).noticeBarInfo?.noticeMsgType, type);
      assert.deepEqual(codes(more, settings), told);
    });
  }

  it('is refused where it asks for a class that was not granted', () => {
    const channel = { name: 'orders', settings: 'private' };
    assert.deepEqual(codes({ class: 'transactional', channel }), ['error category_not_granted']);
    const override = { noticeBarInfo: { noticeMsgType: 1 } };
    assert.deepEqual(codes({ override }), ['error category_not_granted']);
    assert.deepEqual(codes({ override }, SERVICE), []);
  });

  for (const [click, type, url, warned] of [
    [{ url: 'https://shop.example/7' }, 2, 'https://shop.example/7', []],
    [{ url: 'http://shop.example/7' }, 2, 'http://shop.example/7', []],
    [{ url: 'https://shop.example/7', deepLink: 'shop://orders/7' }, 2, 'shop://orders/7', []],
    [{ deepLink: 'orders/7' }, 0, undefined, ['warning click_unmapped']],
    [{}, 0, undefined, []],
  ] as const) {
    it(`opens ${JSON.stringify(click)} with type ${type}`, () => {
      const notification = { title: 'Paid', body: 'Order 7', click };
      const { clickTypeInfo = {} } = made({ notification });
      assert.deepEqual([clickTypeInfo.clickType, clickTypeInfo.url], [type, url]);
      assert.deepEqual(codes({ notification }), warned);
    });
  }

  it('has title and body, each at most so long as the file says', () => {
    const notification = { title: '付'.repeat(33), body: '🔔'.repeat(101) };
    const { noticeBarInfo = {} } = made({ notification });
    assert.deepEqual([noticeBarInfo.title, noticeBarInfo.content], ['付'.repeat(32), '🔔'.repeat(100)]);
    assert.deepEqual(codes({ notification }), ['warning title_cut', 'warning body_cut']);
    assert.equal(made({ notification: { title: 'Paid' } }).noticeBarInfo?.content, 'Paid');
    assert.deepEqual(codes({ notification: { title: 'Paid' } }), ['warning body_missing']);
    assert.deepEqual(codes({ notification: { body: 'Paid' } }), ['warning title_missing']);
  });

  it('fills a text that is empty as one that is missing', () => {
    for (const [notification, warned] of [
      [{ title: '', body: 'Order 7' }, 'warning title_missing'],
      [{ title: 'Order 7', body: '' }, 'warning body_missing'],
    ] as const) {
      const { title, content } = made({ notification }).noticeBarInfo ?? {};
      assert.deepEqual([title, content, codes({ notification })], ['Order 7', 'Order 7', [warned]]);
    }
    assert.deepEqual(codes({ notification: { title: '', body: '' } }), ['error notification_empty']);
  });

  it('tells what has no place', () => {
    const notification = {
      ...{ title: 'Paid', body: 'Order 7', thread: 'orders', sound: 'ding', badge: 3 },
      ...{ image: 'https://shop.example/a.png', actions: [{ id: 'a', title: 'Track' }] },
    };
    assert.deepEqual(codes({ notification, isPriorityOwn: true }), [
      ...['warning priority_unmapped', 'warning badge_unmapped', 'warning sound_unmapped', 'warning image_unmapped'],
      ...['warning actions_unmapped', 'warning thread_unmapped'],
    ]);
  });

  it('without a text is not sent, but keeps nothing from other vendors’ devices', () => {
    const { notification: _, ...silent } = { ...message, data: { a: 'b' } };
    assert.equal(compile(silent).compiled, undefined);
    assert.deepEqual(
      meizuKind.check(silent).map(({ severity, code }) => `${severity} ${code}`),
      ['warning notification_unmapped'],
    );
    const empty = meizuKind.check({ ...message, notification: {} });
    assert.deepEqual(
      empty.map(({ severity, code }) => `${severity} ${code}`),
      ['error notification_empty'],
    );
  });

  it('takes an override last, but for addresses and ids', () => {
    const override = { advanceInfo: { clearNoticeBar: 1 }, noticeBarInfo: { noticeBarType: 2 } };
    assert.deepEqual(made({ override }).advanceInfo, { notifyKey: collapseText('msg_1', 8), clearNoticeBar: 1 });
    for (const refused of [
      { advanceInfo: { notifyKey: 'x' } },
      { pushTimeInfo: { validTime: 3 } },
      { pushTimeInfo: { offLine: 0 } },
      { clickTypeInfo: { parameters: {} } },
      { extra: { callback: 'https://elsewhere.example' } },
      { extra: { 'callback.param': 'x' } },
    ]) {
      assert.deepEqual(codes({ override: refused }), ['error override_refused'], JSON.stringify(refused));
    }
    for (const wrong of [{ advanceInfo: null }, { extra: null }, { noticeBarInfo: 'x' }, { vipInfo: [] }]) {
      assert.deepEqual(codes({ override: wrong as JsonObject }), ['error override_invalid'], JSON.stringify(wrong));
    }
    assert.deepEqual(codes({ data: { pealbell: 'x' } }), ['error data_key_reserved']);
  });

  it('has as many bytes as the file says at most', () => {
    assert.deepEqual(codes({ data: { blob: 'x'.repeat(4_000) } }), ['error payload_too_large']);
    assert.deepEqual(codes({ data: { blob: 'x'.repeat(4_000) } }, { ...PAYLOAD_DEFAULTS, payload_max: 8_192 }), []);
  });
});
