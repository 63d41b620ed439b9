import assert from 'node:assert/strict';
import type { JsonObject, Message } from '../../../../providers/contract.js';
import { compile, encode, PAYLOAD_DEFAULTS, type PayloadSettings } from '../../../../providers/honor/payload.js';
import { collapseNumber } from '../../../../providers/shared/collapse-number.js';

const message: Message = {
  id: 'msg_1',
  app: 'shop',
  notification: { title: 'Paid', body: 'Order 7' },
  ttlSeconds: 600,
  priority: 'normal',
};
const SERVICE: PayloadSettings = { ...PAYLOAD_DEFAULTS, service_class: true };

function made(more: Partial<Message>, settings?: PayloadSettings): JsonObject {
  const { compiled, misfits } = compile({ ...message, ...more }, settings);
  assert.ok(compiled, JSON.stringify(misfits));
  return compiled;
}

function android(more: Partial<Message>, settings?: PayloadSettings): JsonObject {
  return made(more, settings).android as JsonObject;
}

function shown(more: Partial<Message>, settings?: PayloadSettings): JsonObject {
  return android(more, settings).notification as JsonObject;
}

function codes(more: Partial<Message>, settings?: PayloadSettings): string[] {
  return compile({ ...message, ...more }, settings).misfits.map(({ severity, code }) => `${severity} ${code}`);
}

describe('a message for Honor', () => {
  it('is a notification with our id in every place that is echoed or replaced', () => {
    assert.deepEqual(made({ data: { order: '7' } }), {
      data: '{"order":"7","pealbell":"{\\"id\\":\\"msg_1\\"}"}',
      android: {
        ttl: '600s',
        biTag: 'msg_1',
        notification: {
          ...{ title: 'Paid', body: 'Order 7', clickAction: { type: 3 }, importance: 'LOW' },
          notifyId: collapseNumber('msg_1'),
        },
      },
    });
    assert.deepEqual(codes({}), []);
  });

  it('is data only without a notification', () => {
    const { notification: _, ...silent } = message;
    assert.deepEqual(compile({ ...silent, data: { a: 'b' } }).compiled, {
      data: '{"a":"b","pealbell":"{\\"id\\":\\"msg_1\\"}"}',
      android: { ttl: '600s', biTag: 'msg_1' },
    });
    assert.deepEqual(codes({ notification: { badge: 3 } }), ['warning notification_unmapped']);
    assert.equal('notification' in android({ notification: { badge: 3 } }), false);
  });

  it('fills a text that is empty as one that is missing', () => {
    for (const [notification, warned] of [
      [{ title: '', body: 'Order 7' }, 'warning title_missing'],
      [{ title: 'Order 7', body: '' }, 'warning body_missing'],
    ] as const) {
      const { title, body } = shown({ notification });
      assert.deepEqual([title, body, codes({ notification })], ['Order 7', 'Order 7', [warned]]);
    }
    assert.deepEqual(codes({ notification: { title: '', body: '' } }), ['error notification_empty']);
  });

  it('names its push tokens once, beside everything else', () => {
    assert.deepEqual(JSON.parse(encode({ data: 'x' }, ['a', 'b']).toString()), { data: 'x', token: ['a', 'b'] });
  });

  for (const [name, more, settings, importance, warnings] of [
    ['without a class is marketing', {}, SERVICE, 'LOW', []],
    ['of marketing is LOW', { class: 'marketing' }, SERVICE, 'LOW', []],
    ['of a transaction is NORMAL', { class: 'transactional' }, SERVICE, 'NORMAL', []],
    [
      'of a transaction is LOW without the grant',
      { class: 'transactional' },
      PAYLOAD_DEFAULTS,
      'LOW',
      ['warning class_lowered'],
    ],
    [
      'of a transaction is LOW where the channel wants it',
      { class: 'transactional', channel: { name: 'news', settings: 'LOW' } },
      SERVICE,
      'LOW',
      [],
    ],
    [
      'of marketing is never raised by its channel',
      { channel: { name: 'orders', settings: 'NORMAL' } },
      SERVICE,
      'LOW',
      ['warning channel_unmapped'],
    ],
  ] as const) {
    it(`${name}`, () => {
      assert.equal(shown(more, settings).importance, importance);
      assert.deepEqual(codes(more, settings), warnings);
    });
  }

  it('is refused where it asks for a class that was not granted', () => {
    const channel = { name: 'orders', settings: 'NORMAL' };
    assert.deepEqual(codes({ class: 'transactional', channel }), ['error category_not_granted']);
    const override = { android: { notification: { importance: 'NORMAL' } } };
    assert.deepEqual(codes({ override }), ['error category_not_granted']);
    assert.deepEqual(codes({ override }, SERVICE), []);
  });

  for (const [ttlSeconds, ttl] of [
    [0, '1s'],
    [0.4, '1s'],
    [1.9, '1s'],
    [86_400, '86400s'],
    [1_296_000, '1296000s'],
    [1_296_001, '1296000s'],
  ] as const) {
    it(`with a TTL of ${ttlSeconds} s is kept for ${ttl}`, () => {
      assert.equal(android({ ttlSeconds }).ttl, ttl);
      assert.deepEqual(codes({ ttlSeconds }), ttlSeconds > 1_296_000 ? ['warning ttl_shortened'] : []);
    });
  }

  it('takes the place of those with its collapse key', () => {
    assert.equal(shown({ collapseKey: 'order-7' }).notifyId, collapseNumber('order-7'));
    const { notification: _, ...silent } = message;
    assert.deepEqual(
      compile({ ...silent, collapseKey: 'order-7' }).misfits.map(({ code }) => code),
      ['collapse_key_unmapped'],
    );
  });

  for (const [click, action, warned] of [
    [{ url: 'https://shop.example/7' }, { type: 2, url: 'https://shop.example/7' }, []],
    [{ url: 'http://shop.example/7' }, { type: 3 }, ['warning click_unmapped']],
    [
      { url: 'https://shop.example/7', deepLink: 'shop://orders/7' },
      { type: 1, intent: 'intent://orders/7#Intent;scheme=shop;launchFlags=0x4000000;end' },
      [],
    ],
    [{ deepLink: 'orders/7' }, { type: 3 }, ['warning click_unmapped']],
  ] as const) {
    it(`opens ${JSON.stringify(click)} as ${JSON.stringify(action)}`, () => {
      const notification = { title: 'Paid', body: 'Order 7', click };
      assert.deepEqual(shown({ notification }).clickAction, action);
      assert.deepEqual(codes({ notification }), warned);
    });
  }

  it('shows an image where its class may', () => {
    const notification = { title: 'Paid', body: 'Order 7', image: 'https://shop.example/a.png' };
    assert.equal(shown({ notification, class: 'transactional' }, SERVICE).image, 'https://shop.example/a.png');
    assert.equal('image' in shown({ notification }), false);
    assert.deepEqual(codes({ notification }), ['warning image_unmapped']);
    assert.match(String(made({ notification }).data), /a\.png/);
  });

  it('sets the badge of the launcher that the file names', () => {
    const notification = { title: 'Paid', body: 'Order 7', badge: 120 };
    const settings = { ...PAYLOAD_DEFAULTS, badge_class: 'com.example.Main' };
    assert.deepEqual(shown({ notification }, settings).badge, { setNum: 99, badgeClass: 'com.example.Main' });
    assert.deepEqual(codes({ notification }, settings), ['warning badge_capped']);
    assert.deepEqual(codes({ notification }), ['warning badge_unmapped']);
    assert.deepEqual(codes({ notification: { ...notification, badge: 1.5 } }, settings), ['error badge_invalid']);
    const cleared = shown({ notification: { ...notification, badge: 0 } }, settings);
    assert.deepEqual(cleared.badge, { setNum: 0, badgeClass: 'com.example.Main' });
  });

  it('has title and body, each at most so long as the file says', () => {
    const notification = { title: '付'.repeat(41), body: '🔔'.repeat(257) };
    assert.equal(shown({ notification }).title, '付'.repeat(40));
    assert.equal(shown({ notification }).body, '🔔'.repeat(256));
    assert.deepEqual(codes({ notification }), ['warning title_cut', 'warning body_cut']);
    assert.equal(shown({ notification: { title: 'Paid' } }).body, 'Paid');
    assert.deepEqual(codes({ notification: { title: 'Paid' } }), ['warning body_missing']);
    assert.equal(shown({ notification: { body: 'Paid' } }).title, 'Paid');
    assert.deepEqual(codes({ notification: { body: 'Paid' } }), ['warning title_missing']);
  });

  it('groups by thread, and tells what has no place', () => {
    const notification = {
      ...{ title: 'Paid', body: 'Order 7', thread: 'orders', sound: 'ding' },
      actions: [{ id: 'a', title: 'Track' }],
    };
    assert.equal(shown({ notification }).group, 'orders');
    assert.deepEqual(codes({ notification, isPriorityOwn: true }), [
      ...['warning priority_unmapped', 'warning sound_unmapped', 'warning actions_unmapped'],
    ]);
  });

  it('says that it is a test, and which receipts it wants, where the file does', () => {
    const { targetUserType, receiptId } = android({}, { ...PAYLOAD_DEFAULTS, test: true, receipt_id: 'RC001' });
    assert.deepEqual([targetUserType, receiptId], [1, 'RC001']);
  });

  it('is refused where nothing would be seen, or a name is ours', () => {
    assert.deepEqual(codes({ notification: {} }), ['error notification_empty']);
    assert.deepEqual(codes({ data: { pealbell: 'x' } }), ['error data_key_reserved']);
  });

  it('takes an override last, but for addresses and ids', () => {
    const override = { android: { notification: { style: 1, bigTitle: 'Paid', bigBody: 'Order 7', group: null } } };
    assert.equal(shown({ override }).bigBody, 'Order 7');
    for (const refused of [
      { token: ['x'] },
      { data: 'x' },
      { android: { biTag: 'x' } },
      { android: { ttl: '1s' } },
      { android: { data: 'x' } },
      { android: { notification: { notifyId: 3 } } },
    ]) {
      assert.deepEqual(codes({ override: refused }), ['error override_refused'], JSON.stringify(refused));
    }
    for (const wrong of [{ android: 'x' }, { android: null }, { android: { notification: [] } }]) {
      assert.deepEqual(codes({ override: wrong as JsonObject }), ['error override_invalid'], JSON.stringify(wrong));
    }
  });

  it('has 4,096 bytes at most, its push tokens not counted', () => {
    assert.deepEqual(codes({ data: { blob: 'x'.repeat(4_000) } }), ['error payload_too_large']);
    assert.deepEqual(codes({ data: { blob: 'x'.repeat(3_500) } }), []);
  });
});
