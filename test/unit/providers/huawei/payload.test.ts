import assert from 'node:assert/strict';
import type { JsonObject, Message } from '../../../../providers/contract.js';
import { huaweiKind } from '../../../../providers/huawei/kind.js';
import { MESSAGE_DEFAULTS, type MessageSettings } from '../../../../providers/huawei/options.js';
import { compileV1, encodeV1 } from '../../../../providers/huawei/payload-v1.js';
import { compileV3, encodeV3 } from '../../../../providers/huawei/payload-v3.js';
import { collapseNumber } from '../../../../providers/shared/collapse-number.js';
import { MESSAGE, openRig, short, target } from './rig.js';

const GRANTED: MessageSettings = { ...MESSAGE_DEFAULTS, categories: ['EXPRESS', 'ACCOUNT'] };
type Notification = NonNullable<Message['notification']>;

function message(more: Partial<Message> = {}): Message {
  return { ...MESSAGE, ...more };
}

function showing(more: Partial<Notification>, rest: Partial<Message> = {}): Message {
  return message({ ...rest, notification: { ...MESSAGE.notification, ...more } });
}

function v1(of: Message, settings: Partial<MessageSettings> = {}): JsonObject {
  const { compiled, misfits } = compileV1(of, { ...GRANTED, ...settings });
  assert.ok(compiled, JSON.stringify(misfits));
  return compiled.message;
}

function android(of: Message, settings?: Partial<MessageSettings>): JsonObject {
  return v1(of, settings).android as JsonObject;
}

function shownV1(of: Message, settings?: Partial<MessageSettings>): JsonObject {
  return android(of, settings).notification as JsonObject;
}

function v3(of: Message, settings: Partial<MessageSettings> = {}) {
  const { compiled, misfits } = compileV3(of, { ...GRANTED, ...settings });
  assert.ok(compiled, JSON.stringify(misfits));
  const { payload, pushOptions } = compiled.body as { payload: JsonObject; pushOptions: JsonObject };
  return { ...compiled, payload, pushOptions, shown: (payload.notification ?? {}) as JsonObject };
}

function codes(of: Message, settings: Partial<MessageSettings> = {}) {
  const told = (found: typeof compileV1 | typeof compileV3) =>
    found(of, { ...GRANTED, ...settings }).misfits.map(({ severity, code }) => `${severity} ${code}`);
  return { v1: told(compileV1), v3: told(compileV3) };
}

const channel = (settings: unknown): Partial<Message> => ({
  channel: { name: 'orders', settings: settings as JsonObject },
});

describe('a message for HMS Core', () => {
  it('is as a plain one goes out', () => {
    assert.deepEqual(v1(MESSAGE), {
      data: '{"pealbell":"{\\"id\\":\\"msg_1\\"}"}',
      android: {
        ...{ urgency: 'NORMAL', category: 'MARKETING', ttl: '600s', bi_tag: 'msg_1' },
        notification: {
          notify_id: collapseNumber('msg_1'),
          ...{ title: 'Paid', body: 'Order 7 is paid', importance: 'NORMAL', click_action: { type: 3 } },
        },
      },
    });
  });

  it('carries data as one JSON text beside our block', () => {
    const { data } = v1(showing({ click: { url: 'https://a.example/1' } }, { data: { order: '7' } }));
    assert.deepEqual(JSON.parse(String(data)), {
      order: '7',
      pealbell: '{"id":"msg_1","click":{"url":"https://a.example/1"}}',
    });
  });

  it('without a notification is data, and shows nothing', () => {
    const { notification: _, ...silent } = message({ data: { a: 'b' } });
    const body = v1(silent);
    assert.equal('notification' in (body.android as object), false);
    assert.equal('category' in (body.android as object), false);
    assert.deepEqual(JSON.parse(String(body.data)), { a: 'b', pealbell: '{"id":"msg_1"}' });
  });

  it('opens a page by its deep link, a page of the web, or the app', () => {
    const click = (of: Notification['click'], settings?: Partial<MessageSettings>) =>
      shownV1(showing(of === undefined ? {} : { click: of }), settings).click_action as JsonObject;
    const { type, intent } = click({ deepLink: 'shop://orders/7' }) as { type: number; intent: string };
    assert.equal(type, 1);
    const [, extra = ''] =
      /^intent:\/\/orders\/7#Intent;scheme=shop;launchFlags=0x4000000;S\.pealbell=([^;]+);end$/.exec(intent) ?? [];
    assert.deepEqual(JSON.parse(decodeURIComponent(extra)), { id: 'msg_1', click: { deep_link: 'shop://orders/7' } });
    assert.deepEqual(click({ deepLink: 'shop://orders/7' }, { deep_links: 'app' }), { type: 3 });
    assert.deepEqual(click({ url: 'https://a.example/1' }), { type: 2, url: 'https://a.example/1' });
    assert.equal(click({ url: 'https://a.example/1', deepLink: 'shop://o' }).type, 1);
    assert.deepEqual(click({ url: 'http://a.example/1' }), { type: 3 });
    assert.deepEqual(click(undefined), { type: 3 });
  });

  it('has the looks that the channel says, and its sound after the message’s', () => {
    const looks = { channel_id: 'orders', importance: 'HIGH', icon: '/raw/i', color: '#112233', sound: '/raw/a' };
    const shown = shownV1(message(channel(looks)));
    assert.deepEqual({ ...shown, ...looks }, shown);
    assert.equal(shownV1(showing({ sound: '/raw/b' }, channel(looks))).sound, '/raw/b');
    assert.equal(shownV1(showing({ sound: 'default' })).default_sound, true);
    assert.equal(shownV1(message({ priority: 'low' })).importance, 'LOW');
  });

  it('has a badge with the launcher class, 99 at most, and 0 to clear it', () => {
    const badge = (count: number) => shownV1(showing({ badge: count }), { badge_class: 'com.shop.Main' }).badge;
    assert.deepEqual(badge(3), { set_num: 3, class: 'com.shop.Main' });
    assert.deepEqual(badge(0), { set_num: 0, class: 'com.shop.Main' });
    assert.deepEqual(badge(500), { set_num: 99, class: 'com.shop.Main' });
    assert.deepEqual(codes(showing({ badge: 3 })), { v1: ['warning badge_unmapped'], v3: [] });
  });

  it('is urgent only with the right to be', () => {
    assert.equal(android(message({ priority: 'high' })).urgency, 'NORMAL');
    assert.equal(android(message({ priority: 'high' }), { high_urgency: true }).urgency, 'HIGH');
    assert.equal(android(message({ priority: 'normal' }), { high_urgency: true }).urgency, 'NORMAL');
  });

  it('lives as long as Huawei takes it, and a second where it is now or never', () => {
    const ttl = (ttlSeconds: number) => android(message({ ttlSeconds })).ttl;
    assert.deepEqual([ttl(0), ttl(90), ttl(1_296_000), ttl(1_296_001)], ['1s', '90s', '1296000s', '1296000s']);
    assert.equal(android(message({ ttlSeconds: 0 }), { ttl_seconds_min: 0 }).ttl, '0s');
    assert.deepEqual(codes(message({ ttlSeconds: 1_296_001 })).v1, ['warning ttl_shortened']);
  });

  it('replaces what has its collapse key, and waits in a group that the channel names', () => {
    assert.equal(shownV1(message({ collapseKey: 'order-7' })).notify_id, collapseNumber('order-7'));
    assert.equal(android(message({ collapseKey: 'order-7' })).collapse_key, undefined);
    assert.equal(android(message({ collapseKey: 'k', ...channel({ collapse_group: 5 }) })).collapse_key, 5);
    assert.equal(android(message(channel({ collapse_group: 5 }))).collapse_key, undefined);
  });

  it('names a receipt configuration and says that it is a test', () => {
    assert.equal(android(MESSAGE, { receipt_id: 'RCP1' }).receipt_id, 'RCP1');
    assert.equal(android(MESSAGE, { test_messages: true }).target_user_type, 1);
    const compiled = { message: v1(MESSAGE) };
    const body = JSON.parse(encodeV1(compiled, ['a', 'b'], true).toString());
    assert.deepEqual(body.message.token, ['a', 'b']);
    assert.equal(body.message.android.target_user_type, 1);
  });
});

describe('a message for HarmonyOS NEXT', () => {
  it('is as a plain one goes out', () => {
    const { pushType, body, notifyId } = v3(MESSAGE);
    assert.equal(pushType, '0');
    assert.equal(notifyId, collapseNumber('msg_1'));
    assert.deepEqual(body, {
      payload: {
        notification: {
          ...{ category: 'MARKETING', title: 'Paid', body: 'Order 7 is paid', notifyId, appMessageId: 'msg_1' },
          clickAction: { actionType: 0, data: { pealbell: '{"id":"msg_1"}' } },
        },
      },
      pushOptions: { ttl: 600, biTag: 'msg_1' },
    });
  });

  it('without a notification runs in the background', () => {
    const { notification: _, ...silent } = message({ data: { a: 'b' } });
    const { pushType, payload, notifyId } = v3(silent);
    assert.equal(pushType, '6');
    assert.equal(notifyId, undefined);
    assert.deepEqual(JSON.parse(String(payload.extraData)), { a: 'b', pealbell: '{"id":"msg_1"}' });
  });

  it('opens a page of the app, which is handed the data with the tap', () => {
    const { shown } = v3(showing({ click: { deepLink: 'shop://orders/7' } }, { data: { order: '7' } }));
    assert.deepEqual(shown.clickAction, {
      ...{ actionType: 1, uri: 'shop://orders/7' },
      data: { order: '7', pealbell: '{"id":"msg_1","click":{"deep_link":"shop://orders/7"}}' },
    });
    const web = showing({ click: { url: 'https://a.example/1' } });
    assert.equal((v3(web).shown.clickAction as JsonObject).actionType, 0);
    assert.deepEqual(codes(web), { v1: [], v3: ['warning click_unmapped'] });
  });

  it('has badge, sound, image and a group', () => {
    const { shown, pushOptions } = v3(
      showing(
        { badge: 120, sound: 'chime.mp3', image: 'https://a.example/i.png' },
        { collapseKey: 'k', ...channel({ collapse_group: 0 }) },
      ),
    );
    assert.deepEqual([shown.badge, shown.sound, shown.image], [{ setNum: 99 }, 'chime.mp3', 'https://a.example/i.png']);
    assert.equal(pushOptions.collapseKey, 0);
    assert.equal(shown.notifyId, collapseNumber('k'));
    assert.equal(v3(showing({ sound: 'default' })).shown.sound, undefined);
  });

  it('is a test where it is said, and has its targets beside it', () => {
    const compiled = compileV3(MESSAGE, GRANTED).compiled;
    assert.ok(compiled);
    const body = JSON.parse(encodeV3(compiled, ['a'], true).toString());
    assert.deepEqual(body.target, { token: ['a'] });
    assert.equal(body.pushOptions.testMessage, true);
  });
});

describe('the category of a message', () => {
  const rows: readonly (readonly [string, Partial<Message>, Partial<MessageSettings>, string | undefined, string[]])[] =
    [
      ['none said', {}, {}, 'MARKETING', []],
      ['marketing', { class: 'marketing' }, {}, 'MARKETING', []],
      [
        'marketing on a service channel',
        { class: 'marketing', ...channel('EXPRESS') },
        {},
        'MARKETING',
        ['class_lowered'],
      ],
      ['transactional on a granted channel', { class: 'transactional', ...channel('EXPRESS') }, {}, 'EXPRESS', []],
      ['the same as an object', { class: 'transactional', ...channel({ category: 'ACCOUNT' }) }, {}, 'ACCOUNT', []],
      ['transactional by default', { class: 'transactional' }, { category: 'ACCOUNT' }, 'ACCOUNT', []],
      ['transactional without any', { class: 'transactional' }, {}, undefined, ['class_lowered']],
      [
        'transactional on MARKETING',
        { class: 'transactional', ...channel('MARKETING') },
        {},
        'MARKETING',
        ['class_lowered'],
      ],
    ];
  for (const [name, more, settings, wanted, warnings] of rows) {
    it(`${name}: ${wanted ?? 'left to Huawei'}`, () => {
      assert.equal(android(message(more), settings).category, wanted);
      assert.equal(v3(message(more), settings).shown.category, wanted ?? 'MARKETING');
      const told = warnings.map((code) => `warning ${code}`);
      assert.deepEqual(codes(message(more), settings), { v1: told, v3: told });
    });
  }

  it('that is not granted refuses the message with a sentence', () => {
    const of = message({ class: 'transactional', ...channel('HEALTH') });
    const { compiled, misfits } = compileV1(of, GRANTED);
    assert.equal(compiled, undefined);
    assert.equal(misfits[0]?.code, 'category_not_granted');
    assert.match(misfits[0]?.detail ?? '', /HEALTH/);
    assert.equal(compileV3(of, GRANTED).compiled, undefined);
  });
});

describe('what does not fit Huawei', () => {
  const { notification: _, ...silent } = MESSAGE;
  const rows: readonly (readonly [string, Message, string[], string[]?])[] = [
    ['our name among the data', message({ data: { pealbell: 'x' } }), ['error data_key_reserved']],
    [
      'a badge that is no count',
      showing({ badge: 1.5 }),
      ['error badge_invalid', 'warning badge_unmapped'],
      ['error badge_invalid'],
    ],
    ['nothing to show', message({ notification: {} }), ['error notification_empty']],
    ['a badge alone', message({ notification: { badge: 1 } }), ['warning notification_unmapped']],
    ['an empty title', showing({ title: '' }), ['warning title_filled']],
    ['an empty body', showing({ body: '' }), ['warning body_filled']],
    ['nothing but empty texts', showing({ title: '', body: '' }), ['error notification_empty']],
    ['no title', message({ notification: { body: 'b' } }), ['warning title_filled']],
    ['no body', message({ notification: { title: 't' } }), ['warning body_filled']],
    ['an image that is not https', showing({ image: 'http://a.example/i' }), ['warning image_unmapped']],
    ['buttons', showing({ actions: [{ id: 'a', title: 'A' }] }), ['warning actions_unmapped']],
    ['a thread', showing({ thread: 'x' }), ['warning thread_unmapped']],
    ['a link that is not https', showing({ click: { url: 'http://a.example' } }), ['warning click_unmapped']],
    [
      'data beside a deep link',
      showing({ click: { deepLink: 'shop://orders/7' } }, { data: { a: 'b' } }),
      ['warning data_unmapped'],
      [],
    ],
    ['a deep link without //', showing({ click: { deepLink: 'shop:orders' } }), ['warning click_unmapped'], []],
    [
      'a high priority of the caller’s own',
      message({ priority: 'high', isPriorityOwn: true }),
      ['warning priority_unmapped'],
    ],
    ['a low one', message({ priority: 'low', isPriorityOwn: true }), [], ['warning priority_unmapped']],
    [
      'a silent one of low priority',
      { ...silent, priority: 'low', isPriorityOwn: true },
      ['warning priority_unmapped'],
    ],
    ['a normal one', message({ isPriorityOwn: true }), []],
    ['a silent one that collapses', { ...silent, collapseKey: 'k' }, ['warning collapse_key_unmapped']],
    [
      'a silent one in a group',
      { ...silent, collapseKey: 'k', ...channel({ collapse_group: 1 }) },
      [],
      ['warning collapse_key_unmapped'],
    ],
    ['too much', message({ data: { a: 'x'.repeat(4_096) } }), ['error payload_too_large']],
    ['an override of no generation', message({ override: { android: {} } }), ['error override_invalid']],
    [
      'an override that is no object',
      message({ override: { v1: 'x', v3: [] } }),
      ['error override_invalid', 'error override_invalid'],
    ],
  ];
  for (const [name, of, wanted, onNext = wanted] of rows) {
    it(`${name}: ${wanted.join(', ') || onNext.join(', ')}`, () => {
      assert.deepEqual(codes(of), { v1: wanted, v3: onNext });
    });
  }

  it('is told once for both generations', () => {
    const found = huaweiKind.check(showing({ thread: 'x', badge: 100 }));
    assert.deepEqual(
      found.map(({ code }) => code),
      ['badge_lowered', 'thread_unmapped', 'badge_unmapped'],
    );
    assert.deepEqual(
      huaweiKind.check(message({ data: { a: 'x'.repeat(5_000) } })).map(({ code }) => code),
      ['payload_too_large'],
    );
  });

  it('fits to the byte', () => {
    const bytes = (n: number) => message({ data: { a: 'x'.repeat(n) } });
    for (const compile of [compileV1, compileV3]) {
      let n = 3_000;
      while (compile(bytes(n + 1), GRANTED).compiled !== undefined) n += 1;
      const { compiled } = compile(bytes(n), GRANTED);
      assert.ok(compiled);
      const whole = 'body' in compiled ? encodeV3(compiled, [], true) : encodeV1(compiled, [], true);
      assert.equal(whole.byteLength, 4_096);
    }
  });

  it('that just fits is taken by Huawei, as a test as well', async () => {
    const rig = await openRig();
    for (const platform of ['android', 'harmonyos'] as const) {
      for (const environment of ['production', 'sandbox'] as const) {
        const of = (n: number) => message({ data: { a: 'x'.repeat(n) } });
        const compile = platform === 'android' ? compileV1 : compileV3;
        let n = 3_000;
        while (compile(of(n + 1), rig.options).compiled !== undefined) n += 1;
        const targets = [target('a', { environment })];
        assert.deepEqual((await rig.batch({ message: of(n), targets, platform })).map(short), ['accepted']);
      }
    }
    await rig.close();
  });
});

describe('an override for Huawei', () => {
  it('is merged last, for each generation apart', () => {
    const override = {
      v1: { android: { notification: { style: 1, big_title: 'B', big_body: 'C', importance: null } } },
      v3: { payload: { notification: { foregroundShow: false } }, pushOptions: { backgroundMode: 1 } },
    };
    const of = message({ override });
    const shown = shownV1(of);
    assert.deepEqual([shown.style, shown.big_title, 'importance' in shown], [1, 'B', false]);
    assert.deepEqual([v3(of).shown.foregroundShow, v3(of).pushOptions.backgroundMode], [false, 1]);
  });

  it('cannot take away addresses, times or what copies are known by', () => {
    const rows: readonly (readonly [JsonObject, string])[] = [
      ...['token', 'topic', 'condition', 'data'].map((key) => [{ v1: { [key]: 'x' } }, `/v1/${key}`] as const),
      [{ v1: { android: { ttl: '9s' } } }, '/v1/android/ttl'],
      [{ v1: { android: { bi_tag: null } } }, '/v1/android/bi_tag'],
      [{ v1: { android: { data: 'x' } } }, '/v1/android/data'],
      [{ v3: { target: { token: ['x'] } } }, '/v3/target'],
      [{ v3: { pushOptions: { ttl: 1 } } }, '/v3/pushOptions/ttl'],
      [{ v3: { pushOptions: { biTag: 'x' } } }, '/v3/pushOptions/biTag'],
      [{ v3: { payload: { extraData: 'x' } } }, '/v3/payload/extraData'],
      [{ v3: { payload: { notification: { appMessageId: 'x' } } } }, '/v3/payload/notification/appMessageId'],
      [
        { v3: { payload: { notification: { clickAction: { data: { pealbell: 'x' } } } } } },
        '/clickAction/data/pealbell',
      ],
    ];
    for (const [override, pointer] of rows) {
      const found = huaweiKind.check(message({ override }));
      assert.deepEqual(
        found.map(({ code }) => code),
        ['override_refused'],
        pointer,
      );
      assert.ok(found[0]?.pointer?.endsWith(pointer), found[0]?.pointer);
    }
  });

  it('that removes blocks leaves what we put there', () => {
    const of = message({
      override: {
        v1: { android: { notification: { notify_id: null } } },
        v3: { pushOptions: null, payload: { notification: { notifyId: null, clickAction: null } } },
      },
    });
    assert.equal(shownV1(of).notify_id, collapseNumber('msg_1'));
    const { pushOptions, shown } = v3(of);
    assert.deepEqual(pushOptions, { ttl: 600, biTag: 'msg_1' });
    assert.equal(shown.notifyId, collapseNumber('msg_1'));
    assert.deepEqual(shown.clickAction, { data: { pealbell: '{"id":"msg_1"}' } });
    assert.equal(v3(message({ override: { v3: { payload: { notification: null } } } })).pushType, '6');
  });
});
