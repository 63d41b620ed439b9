import assert from 'node:assert/strict';
import type { Message, Notification } from '../../../../providers/contract.js';
import { collapseNumber } from '../../../../providers/shared/collapse-number.js';
import { xiaomiKind } from '../../../../providers/xiaomi/kind.js';
import { compile, encode } from '../../../../providers/xiaomi/payload.js';
import { MESSAGE } from './rig.js';

const CHANNELS = { transactional: '118001', marketing: '118002' };
const settings = (more: object = {}) =>
  xiaomiKind.options.parse({ package_name: 'com.example.shop', app_secret: 'secret', ...more });

function formOf(message: Partial<Message>, more: object = {}, callbackUrl?: string): Readonly<Record<string, string>> {
  const { compiled, misfits } = compile({ ...MESSAGE, ...message }, settings(more), callbackUrl);
  assert.ok(compiled, JSON.stringify(misfits));
  return compiled.form;
}

function codesOf(message: Partial<Message>, more: object = {}): string[] {
  return compile({ ...MESSAGE, ...message }, settings(more)).misfits.map(({ severity, code }) => `${severity} ${code}`);
}

const shown = (notification: Notification): Partial<Message> => ({
  notification: { ...MESSAGE.notification, ...notification },
});

describe('a message as Xiaomi’s form', () => {
  it('has all that is always there', () => {
    assert.deepEqual(formOf({}), {
      pass_through: '0',
      title: 'Paid',
      description: 'Your order is on its way',
      notify_type: '-1',
      notify_id: String(collapseNumber(MESSAGE.id)),
      payload: `{"order":"7","pealbell":"{\\"id\\":\\"${MESSAGE.id}\\"}"}`,
      restricted_package_name: 'com.example.shop',
      time_to_live: '600000',
      'extra.notify_effect': '1',
      'extra.jobkey': formOf({})['extra.jobkey'],
    });
    assert.deepEqual(codesOf({}), []);
  });

  it('has a job key that is the message’s, of letters and digits, as long as the file says', () => {
    const key = formOf({})['extra.jobkey'] ?? '';
    assert.match(key, /^[0-9A-Za-z]{20}$/);
    assert.equal(formOf({ notification: { title: 'other' } })['extra.jobkey'], key);
    assert.notEqual(formOf({ id: 'msg_2' })['extra.jobkey'], key);
    assert.equal(formOf({}, { jobkey_length: 12 })['extra.jobkey'], key.slice(0, 12));
  });

  it('without a notification is data alone', () => {
    const { notification: _, ...silent } = MESSAGE;
    const { compiled, misfits } = compile(silent, settings());
    assert.deepEqual(misfits, []);
    assert.equal(compiled?.form.pass_through, '1');
    for (const name of ['title', 'description', 'notify_type', 'notify_id', 'extra.notify_effect']) {
      assert.equal(name in (compiled?.form ?? {}), false, name);
    }
  });

  const LIVES: readonly (readonly [string, Partial<Message>, string | undefined, string[]])[] = [
    ['marketing keeps a day', { ttlSeconds: 86_400 }, '86400000', []],
    ['marketing is shortened to a day', { ttlSeconds: 86_401 }, '86400000', ['warning ttl_shortened']],
    ['transactional keeps ten days', { ttlSeconds: 864_000, class: 'transactional' }, '864000000', []],
    [
      'transactional is shortened to ten days',
      { ttlSeconds: 864_001, class: 'transactional' },
      '864000000',
      ['warning ttl_shortened'],
    ],
    ['0 is now or never', { ttlSeconds: 0 }, undefined, []],
    ['less than a second is now or never', { ttlSeconds: 0.4 }, undefined, []],
  ];
  for (const [name, message, ms, codes] of LIVES) {
    it(`time to live: ${name}`, () => {
      const form = formOf(message, { channels: CHANNELS });
      assert.equal(form.time_to_live, ms);
      assert.equal(form['extra.only_send_once'], ms === undefined ? '1' : undefined);
      assert.deepEqual(codesOf(message, { channels: CHANNELS }), codes);
    });
  }

  const CLICKS: readonly (readonly [string, Notification['click'], Record<string, string>, string[]])[] = [
    ['nothing', undefined, { 'extra.notify_effect': '1' }, []],
    [
      'a page',
      { url: 'https://shop.example/a?b=1&c=%2B' },
      { 'extra.notify_effect': '3', 'extra.web_uri': 'https://shop.example/a?b=1&c=%2B' },
      [],
    ],
    [
      'a deep link, which goes before the page',
      { url: 'https://shop.example', deepLink: 'shop://orders/7' },
      {
        'extra.notify_effect': '2',
        'extra.intent_uri': 'intent://orders/7#Intent;scheme=shop;launchFlags=0x4000000;end',
      },
      [],
    ],
    [
      'an intent',
      { deepLink: 'intent:#Intent;component=a/.B;end' },
      { 'extra.notify_effect': '2', 'extra.intent_uri': 'intent:#Intent;component=a/.B;end' },
      [],
    ],
    ['what is no link', { deepLink: 'orders' }, { 'extra.notify_effect': '1' }, ['warning click_unmapped']],
  ];
  for (const [name, click, wanted, codes] of CLICKS) {
    it(`a tap on it opens ${name}`, () => {
      const message = shown(click === undefined ? {} : { click });
      const form = formOf(message);
      const got = Object.entries(form).filter(([key]) => /notify_effect|_uri$/.test(key));
      assert.deepEqual(Object.fromEntries(got), wanted);
      assert.deepEqual(codesOf(message), codes);
    });
  }

  it('hands the click and media to the app as on every road', () => {
    const { payload = '' } = formOf(
      shown({ click: { deepLink: 'shop://a' }, media: [{ url: 'https://cdn.example/a.mp4', type: 'video' }] }),
    );
    assert.deepEqual(JSON.parse(JSON.parse(payload).pealbell), {
      id: MESSAGE.id,
      click: { deep_link: 'shop://a' },
      media: [{ url: 'https://cdn.example/a.mp4', type: 'video' }],
    });
  });

  const SOUNDS: readonly (readonly [Partial<Message>, string | undefined, string[]])[] = [
    [shown({ sound: 'default' }), undefined, []],
    [shown({ sound: 'chime.mp3' }), 'android.resource://com.example.shop/raw/chime', []],
    [shown({ sound: 'android.resource://x/raw/y' }), 'android.resource://x/raw/y', []],
    [shown({ sound: 'no such/thing' }), undefined, ['warning sound_unmapped']],
    [{ channel: { name: 'a', sound: 'ding' } }, 'android.resource://com.example.shop/raw/ding', []],
    [
      { channel: { name: 'a', sound: 'ding', settings: { sound: 'own' } } },
      'android.resource://com.example.shop/raw/own',
      [],
    ],
  ];
  for (const [message, uri, codes] of SOUNDS) {
    it(`the sound ${message.notification?.sound ?? JSON.stringify(message.channel)} is ${uri}`, () => {
      assert.equal(formOf(message)['extra.sound_uri'], uri);
      assert.deepEqual(codesOf(message), codes);
    });
  }

  it('is replaced by its like: the collapse key is its number', () => {
    assert.equal(formOf({ collapseKey: 'order-7' }).notify_id, String(collapseNumber('order-7')));
    const { notification: _, ...silent } = { ...MESSAGE, collapseKey: 'order-7' };
    assert.deepEqual(
      compile(silent, settings()).misfits.map(({ code }) => code),
      ['collapse_unmapped'],
    );
  });

  it('asks for receipts where there is an address, with its own id in them', () => {
    const form = formOf({}, {}, 'https://push.example/callbacks/xiaomi/shop/s3cret');
    assert.equal(form['extra.callback'], 'https://push.example/callbacks/xiaomi/shop/s3cret');
    assert.equal(form['extra.callback.param'], MESSAGE.id);
    assert.equal(form['extra.callback.type'], '1267');
    assert.equal(formOf({}, { receipt_types: 19 }, 'https://a.example')['extra.callback.type'], '19');
    assert.equal('extra.callback' in formOf({}), false);
  });
});

describe('the class of a message at Xiaomi', () => {
  const entry = (settings: unknown): Partial<Message> => ({ channel: { name: 'a', settings: settings as never } });
  const WAYS: readonly (readonly [string, Partial<Message>, object, string | undefined, string[]])[] = [
    ['marketing on its channel', {}, CHANNELS, '118002', []],
    ['transactional on its channel', { class: 'transactional' }, CHANNELS, '118001', []],
    ['marketing with no channel at all', {}, {}, undefined, []],
    ['marketing is never raised', {}, { transactional: '118001' }, undefined, []],
    [
      'transactional is lowered',
      { class: 'transactional' },
      { marketing: '118002' },
      '118002',
      ['warning class_lowered'],
    ],
    ['transactional with no channel at all', { class: 'transactional' }, {}, undefined, ['warning class_lowered']],
    ['the app’s channel goes first', { class: 'transactional', ...entry('118009') }, CHANNELS, '118009', []],
    [
      'transactional on the channel of marketing ones is lowered',
      { class: 'transactional', ...entry('118002') },
      CHANNELS,
      '118002',
      ['warning class_lowered'],
    ],
    [
      'an override names the channel',
      { class: 'transactional', override: { extra: { channel_id: '118009' } } },
      {},
      '118009',
      [],
    ],
    ['the app’s channel as a group', entry({ channel_id: '118009' }), CHANNELS, '118009', []],
    ['the app’s channel without an id', entry({ sound: 'default' }), CHANNELS, '118002', []],
  ];
  for (const [name, message, channels, id, codes] of WAYS) {
    it(name, () => {
      assert.equal(formOf(message, { channels })['extra.channel_id'], id);
      assert.deepEqual(codesOf(message, { channels }), codes);
    });
  }

  it('marketing on the channel of transactional ones is refused, with a sentence', () => {
    const message = { ...MESSAGE, ...entry('118001'), class: 'marketing' as const };
    const { compiled, misfits } = compile(message, settings({ channels: CHANNELS }));
    assert.equal(compiled, undefined);
    assert.deepEqual(
      misfits.map(({ code, pointer }) => [code, pointer]),
      [['channel_not_for_class', '/channel']],
    );
  });

  it('is not raised by an override', () => {
    const message = { ...MESSAGE, override: { extra: { channel_id: '118001' } } };
    assert.equal(compile(message, settings({ channels: CHANNELS })).compiled, undefined);
  });

  it('has the life of the channel that it goes out on', () => {
    const lowered = { class: 'transactional', ttlSeconds: 200_000 } as const;
    assert.equal(formOf(lowered, { channels: { marketing: '118002' } }).time_to_live, '86400000');
    assert.equal(formOf({ ...lowered, ...entry('118002') }, { channels: CHANNELS }).time_to_live, '86400000');
  });

  it('carries what else the channel says', () => {
    const form = formOf(
      entry({ channel_name: 'Orders', channel_description: 'Of yours', notify_type: 5, notify_foreground: false }),
    );
    assert.equal(form['extra.channel_name'], 'Orders');
    assert.equal(form['extra.channel_description'], 'Of yours');
    assert.equal(form.notify_type, '5');
    assert.equal(form['extra.notify_foreground'], '0');
  });
});

describe('what does not fit Xiaomi', () => {
  const CASES: readonly (readonly [string, Partial<Message>, string[]])[] = [
    ['a long title', shown({ title: '好'.repeat(50) }), ['warning title_cut']],
    ['a title that just fits', shown({ title: '好'.repeat(49) }), []],
    ['a long body', shown({ body: '🔔'.repeat(128) }), ['warning body_cut']],
    ['a body that just fits', shown({ body: '🔔'.repeat(127) }), []],
    ['a body alone', { notification: { body: 'b' } }, ['warning title_filled']],
    ['a title alone', { notification: { title: 't', body: '  ' } }, ['warning body_filled']],
    ['a badge alone', { notification: { badge: 1 } }, ['warning notification_unmapped']],
    ['nothing to see', { notification: {} }, ['error notification_empty']],
    ['half a badge', shown({ badge: 0.5 }), ['error badge_invalid']],
    ['a picture', shown({ image: 'https://cdn.example/a.png' }), ['warning image_unmapped']],
    ['buttons', shown({ actions: [{ id: 'a', title: 'A' }] }), ['warning actions_unmapped']],
    ['a thread', shown({ thread: 't' }), ['warning thread_unmapped']],
    ['a priority of its own', { priority: 'high', isPriorityOwn: true }, ['warning priority_unmapped']],
    ['our name for data', { data: { pealbell: 'x' } }, ['error data_key_reserved']],
    ['too much data', { data: { a: 'x'.repeat(4_096) } }, ['error payload_too_large']],
  ];
  for (const [name, message, codes] of CASES) {
    it(`${name}: ${codes.join() || 'fits'}`, () => assert.deepEqual(codesOf(message), codes));
  }

  it('is cut between characters', () => {
    assert.equal(formOf(shown({ title: '🔔'.repeat(60) })).title, '🔔'.repeat(49));
    assert.equal(formOf(shown({ body: 'long enough' }), { body_max: 4 }).description, 'long');
  });

  it('stands in for what is missing', () => {
    const form = formOf({ notification: { body: 'b'.repeat(60) } });
    assert.equal(form.title, 'b'.repeat(49));
    assert.equal(form.description, 'b'.repeat(60));
  });

  it('counts data in bytes', () => {
    const room = 4_096 - Buffer.byteLength(formOf({ data: { a: '' } }).payload ?? '');
    const fits = '好'.repeat(Math.floor(room / 3));
    assert.deepEqual(codesOf({ data: { a: fits } }), []);
    assert.deepEqual(codesOf({ data: { a: `${fits}好` } }), ['error payload_too_large']);
  });

  it('badges can be switched off', () => {
    assert.equal(formOf(shown({ badge: 3 }))['extra.badge'], '3');
    assert.equal('extra.badge' in formOf(shown({ badge: 3 }), { badge: false }), false);
    assert.deepEqual(codesOf(shown({ badge: 3 }), { badge: false }), ['warning badge_unmapped']);
  });
});

describe('an override for Xiaomi', () => {
  it('is merged into the form, extras and data among it', () => {
    const form = formOf({
      override: {
        mi_template_id: 'T1',
        notify_type: 4,
        title: 'Other',
        extra: { notify_effect: null, flow_control: 3000, mine: 'x' },
        payload: { more: 'y', order: null },
      },
    });
    assert.equal(form.mi_template_id, 'T1');
    assert.equal(form.notify_type, '4');
    assert.equal(form.title, 'Other');
    assert.equal('extra.notify_effect' in form, false);
    assert.equal(form['extra.flow_control'], '3000');
    assert.deepEqual(Object.keys(JSON.parse(form.payload ?? '')), ['pealbell', 'more']);
  });

  it('takes away neither our ids nor the time', () => {
    const form = formOf({ override: { payload: null, extra: null } });
    assert.ok(JSON.parse(form.payload ?? '').pealbell);
    assert.ok(form['extra.jobkey']);
    assert.equal(form.time_to_live, '600000');
  });

  const REFUSED: readonly (readonly [object, string, string])[] = [
    [{ registration_id: 'x' }, 'override_refused', '/overrides/xiaomi/registration_id'],
    [{ topic: 'x' }, 'override_refused', '/overrides/xiaomi/topic'],
    [{ restricted_package_name: 'x' }, 'override_refused', '/overrides/xiaomi/restricted_package_name'],
    [{ time_to_live: 1 }, 'override_refused', '/overrides/xiaomi/time_to_live'],
    [{ time_to_send: 1 }, 'override_refused', '/overrides/xiaomi/time_to_send'],
    [{ extra: { jobkey: 'x' } }, 'override_refused', '/overrides/xiaomi/extra/jobkey'],
    [{ extra: { callback: 'x' } }, 'override_refused', '/overrides/xiaomi/extra/callback'],
    [{ extra: { only_send_once: 1 } }, 'override_refused', '/overrides/xiaomi/extra/only_send_once'],
    [{ payload: { pealbell: 'x' } }, 'override_refused', '/overrides/xiaomi/payload/pealbell'],
    [{ 'extra.a/b': 'x' }, 'override_invalid', '/overrides/xiaomi/extra.a~1b'],
    [{ extra: 'x' }, 'override_invalid', '/overrides/xiaomi/extra'],
    [{ payload: 'x' }, 'override_invalid', '/overrides/xiaomi/payload'],
    [{ title: ['x'] }, 'override_invalid', '/overrides/xiaomi/title'],
    [{ extra: { mine: {} } }, 'override_invalid', '/overrides/xiaomi/extra/mine'],
    [{ title: ' ' }, 'override_invalid', '/overrides/xiaomi/title'],
    [{ description: null }, 'override_invalid', '/overrides/xiaomi/description'],
    [{ title: 'x'.repeat(50) }, 'override_invalid', '/overrides/xiaomi/title'],
    [{ extra: { mine: 'x'.repeat(1_021) } }, 'override_invalid', '/overrides/xiaomi/extra'],
    [
      { extra: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`k${at}`, '1'])) },
      'override_invalid',
      '/overrides/xiaomi/extra',
    ],
  ];
  for (const [override, code, pointer] of REFUSED) {
    it(`${JSON.stringify(override).slice(0, 60)} is refused`, () => {
      const { compiled, misfits } = compile({ ...MESSAGE, override: override as never }, settings());
      assert.equal(compiled, undefined);
      assert.deepEqual(
        misfits.map((misfit) => [misfit.code, misfit.pointer]),
        [[code, pointer]],
      );
    });
  }

  it('may have ten members of its own, of 1,024 characters', () => {
    const extra = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`k${at}`, '1']));
    assert.deepEqual(codesOf({ override: { extra } }), []);
    assert.deepEqual(codesOf({ override: { extra: { mine: 'x'.repeat(1_020) } } }), []);
  });
});

describe('the body of a request', () => {
  it('is a form, encoded once', () => {
    const body = encode({ form: { title: '50% + 1 & 好', payload: '{"a":"%2B"}' } }, ['a+/=', 'b']).toString();
    assert.equal(
      body,
      'title=50%25+%2B+1+%26+%E5%A5%BD&payload=%7B%22a%22%3A%22%252B%22%7D&registration_id=a%2B%2F%3D%2Cb',
    );
  });
});
