import assert from 'node:assert/strict';
import type { JsonObject, Message, MessageClass } from '../../../../providers/contract.js';
import { collapseNumber } from '../../../../providers/shared/collapse-number.js';
import { vivoKind } from '../../../../providers/vivo/kind.js';
import { VIVO_DEFAULTS, type VivoOptions, vivoOptions } from '../../../../providers/vivo/options.js';
import { compile, lifeTime } from '../../../../providers/vivo/payload.js';
import { cutTo, lengthOf, looksLikeTrial } from '../../../../providers/vivo/text.js';
import { MESSAGE } from './rig.js';

function optionsOf(written: Readonly<Record<string, unknown>>): VivoOptions {
  return vivoOptions.parse({ app_id: '1', app_key: '2', app_secret: '3', ...written });
}

function bodyOf(part: Partial<Message>, options = VIVO_DEFAULTS): JsonObject {
  const { compiled, misfits } = compile({ ...MESSAGE, ...part }, options);
  assert.ok(compiled, JSON.stringify(misfits));
  return compiled.body;
}

function codesOf(part: Partial<Message>, options = VIVO_DEFAULTS): string[] {
  return compile({ ...MESSAGE, ...part }, options).misfits.map(({ severity, code }) => `${severity} ${code}`);
}

const shown = (part: NonNullable<Message['notification']>) => ({ notification: { ...MESSAGE.notification, ...part } });
const on = (settings: string | JsonObject, messageClass?: MessageClass): Partial<Message> => ({
  channel: { name: 'orders', settings },
  ...(messageClass === undefined ? {} : { class: messageClass }),
});

describe('a message for vivo', () => {
  it('is written field by field', () => {
    const message: Partial<Message> = {
      ...on('ORDER', 'transactional'),
      ...shown({
        click: { url: 'https://shop.example/7', deepLink: 'shop://orders/7?a=b' },
        image: 'https://c.example/1',
      }),
      data: { order: '7' },
      collapseKey: 'order-7',
    };
    assert.deepEqual(bodyOf(message), {
      title: '订单已发货',
      content: '您的订单今天送达',
      notifyType: 4,
      networkType: -1,
      skipType: 4,
      skipContent: 'intent://orders/7?a=b#Intent;scheme=shop;launchFlags=0x4000000;end',
      category: 'ORDER',
      classification: 1,
      notifyId: collapseNumber('order-7'),
      clientCustomMap: {
        order: '7',
        pealbell: JSON.stringify({
          id: 'msg_1',
          click: { url: 'https://shop.example/7', deep_link: 'shop://orders/7?a=b' },
          media: [{ url: 'https://c.example/1', type: 'image' }],
        }),
      },
    });
  });

  it('says little where there is little to say', () => {
    assert.deepEqual(bodyOf({}), {
      ...{ title: '订单已发货', content: '您的订单今天送达', notifyType: 4, networkType: -1, skipType: 1 },
      ...{ category: 'MARKETING', classification: 0, notifyId: collapseNumber('msg_1') },
      clientCustomMap: { pealbell: '{"id":"msg_1"}' },
    });
    assert.deepEqual(codesOf({}), []);
  });

  it('opens a link in the browser, a page of the app, or a page as it is written', () => {
    const click = (of: object, options?: VivoOptions) => {
      const { skipType, skipContent } = bodyOf(shown({ click: of }), options);
      return [skipType, skipContent];
    };
    assert.deepEqual(click({ url: 'https://shop.example/7' }), [2, 'https://shop.example/7']);
    assert.deepEqual(click({ deepLink: 'intent:#Intent;component=a/.B;end' }), [
      4,
      'intent:#Intent;component=a/.B;end',
    ]);
    assert.deepEqual(click({ deepLink: 'shop://7' }, optionsOf({ deep_links: 'as_is' })), [4, 'shop://7']);
    const long = (length: number) => codesOf(shown({ click: { url: `https://a/${'x'.repeat(length)}` } }));
    assert.deepEqual(long(2_038), ['warning click_unmapped']); // no room in our block for what vivo opens all the same
    assert.deepEqual(long(2_039), ['warning click_unmapped', 'error click_too_long']);
  });

  it('rings by the channel, and is quiet where its priority is low', () => {
    const notifyOf = (part: Partial<Message>) => bodyOf(part).notifyType;
    assert.deepEqual(
      (['none', 'ring', 'vibrate', 'both'] as const).map((notify) => notifyOf(on({ notify }))),
      [1, 2, 3, 4],
    );
    assert.equal(notifyOf({ priority: 'low' }), 1);
    assert.equal(notifyOf({ priority: 'normal' }), 4);
    assert.equal(notifyOf({ priority: 'low', ...on({ notify: 'ring' }) }), 2);
    assert.equal(bodyOf({}, optionsOf({ network: 'wifi' })).networkType, 1);
  });

  it('has a time to live in seconds, within vivo’s bounds, or is now or never', () => {
    for (const [ttlSeconds, single, list] of [
      [1, 60, 900],
      [60, 60, 900],
      [899, 899, 900],
      [900, 900, 900],
      [86_400, 86_400, 86_400],
      [100_000, 86_400, 86_400],
    ] as const) {
      assert.deepEqual(lifeTime(ttlSeconds, false, VIVO_DEFAULTS), { timeToLive: single });
      assert.deepEqual(lifeTime(ttlSeconds, true, VIVO_DEFAULTS), { timeToLive: list });
    }
    assert.deepEqual(lifeTime(0, true, VIVO_DEFAULTS), { sendOnline: true });
    assert.deepEqual(codesOf({ ttlSeconds: 0 }), []);
    assert.deepEqual(codesOf({ ttlSeconds: 30 }), ['warning ttl_raised']);
    assert.deepEqual(codesOf({ ttlSeconds: 600 }), ['warning ttl_raised']);
    assert.deepEqual(codesOf({ ttlSeconds: 600 }, optionsOf({ batch: 1 })), []);
    assert.deepEqual(codesOf({ ttlSeconds: 90_000 }), ['warning ttl_shortened']);
    assert.deepEqual(codesOf({ ttlSeconds: 90_000 }, optionsOf({ limits: { ttl_max: 604_800 } })), []);
  });
});

describe('the category of a message for vivo', () => {
  it('is of its class, and one that is granted', () => {
    for (const [category, messageClass, wanted] of [
      ['ORDER', 'transactional', []],
      ['MARKETING', 'marketing', []],
      ['MARKETING', 'transactional', ['warning class_lowered']],
      ['ORDER', 'marketing', ['error category_not_granted']],
      ['BRAND_NEW', 'transactional', ['error category_not_granted']],
    ] as const) {
      assert.deepEqual(codesOf(on(category, messageClass)), wanted, `${category} ${messageClass}`);
    }
    const granted = optionsOf({ categories: { transactional: ['BRAND_NEW'] } });
    assert.deepEqual(codesOf(on('BRAND_NEW', 'transactional'), granted), []);
    assert.deepEqual(codesOf(on('ORDER', 'transactional'), granted), ['error category_not_granted']);
  });

  it('is told in a sentence that names those that are', () => {
    const options = optionsOf({ categories: { transactional: ['IM', 'TODO'] } });
    const [misfit] = compile({ ...MESSAGE, ...on('ORDER', 'transactional') }, options).misfits;
    assert.match(misfit?.detail ?? '', /"ORDER" for transactional messages: IM, TODO are in categories\.transactional/);
  });

  it('is the file’s where the channel names none', () => {
    assert.equal(bodyOf({}).category, 'MARKETING');
    const options = optionsOf({ default_category: { transactional: 'IM', marketing: 'NEWS' } });
    assert.equal(bodyOf({ class: 'transactional' }, options).category, 'IM');
    assert.equal(bodyOf(on({ notify: 'ring' }), options).category, 'NEWS');
    const own = bodyOf({ class: 'transactional', override: { category: 'ORDER' } });
    assert.deepEqual([own.category, own.classification], ['ORDER', 1]);
  });

  it('that nobody names makes a transactional message one of operation, and a warning says so', () => {
    assert.deepEqual(codesOf({ class: 'transactional' }), ['warning class_lowered']);
    const { classification, category } = bodyOf({ class: 'transactional' });
    assert.deepEqual([classification, category], [0, 'MARKETING']);
  });

  it('of operation messages makes a transactional one such a message, which every message to a person by name may be', () => {
    const { classification, category } = bodyOf(on('NEWS', 'transactional'));
    assert.deepEqual([classification, category], [0, 'NEWS']);
    const both = optionsOf({ categories: { transactional: ['NEWS'] } });
    assert.equal(bodyOf(on('NEWS', 'transactional'), both).classification, 1, 'granted for system messages too');
    assert.equal(bodyOf({ class: 'transactional', override: { category: 'NEWS' } }).classification, 0);
  });

  it('of a message without a class is marketing: nobody is made a system message by guess', () => {
    assert.equal(bodyOf({}).classification, 0);
    assert.deepEqual(codesOf(on('ORDER')), ['error category_not_granted']);
  });
});

describe('what does not fit vivo', () => {
  it('is said of each part of a message that is not shown', () => {
    const notification = {
      ...{ image: 'https://c.example/1', sound: 'ding', badge: 3, thread: 'a' },
      actions: [{ id: 'a', title: 'A' }],
    };
    assert.deepEqual(codesOf(shown(notification)).sort(), [
      ...['actions', 'badge', 'image', 'sound', 'thread'].map((part) => `warning ${part}_unmapped`),
    ]);
    assert.deepEqual(codesOf(shown({ actions: [] })), []);
  });

  it('is cut at the border of a character, and told', () => {
    const title = `${'a'.repeat(39)}😀订`;
    const { title: cut } = bodyOf(shown({ title }));
    assert.equal(cut, 'a'.repeat(39));
    assert.ok(codesOf(shown({ title })).includes('warning title_cut'));
    const body = '订'.repeat(101);
    assert.equal(bodyOf(shown({ body })).content, '订'.repeat(100));
    const older = optionsOf({ limits: { wide: 2 } });
    assert.equal(bodyOf(shown({ body }), older).content, '订'.repeat(50));
    assert.deepEqual(codesOf(shown({ body }), older), ['warning body_cut']);
  });

  it('is a message that shows nothing, or has nothing to show', () => {
    const { notification: _, ...silent } = MESSAGE;
    assert.deepEqual(
      compile(silent, VIVO_DEFAULTS).misfits.map(({ code }) => code),
      ['silent_refused'],
    );
    // Devices of other vendors may have it all the same.
    assert.deepEqual(
      vivoKind.check(silent).map(({ severity }) => severity),
      ['warning'],
    );
    assert.deepEqual(codesOf({ notification: { badge: 1 } }), ['error notification_empty']);
  });

  it('is one text where vivo wants two', () => {
    const both = (part: NonNullable<Message['notification']>, options?: VivoOptions) => {
      const { title, content } = bodyOf({ notification: part }, options);
      return [title, content];
    };
    assert.deepEqual(both({ body: '今天送达' }), ['今天送达', '今天送达']);
    assert.deepEqual(both({ title: '今天送达' }), ['今天送达', '今天送达']);
    assert.deepEqual(both({ body: '今天送达' }, optionsOf({ title_fallback: '商店' })), ['商店', '今天送达']);
    assert.deepEqual(codesOf({ notification: { body: '今天送达' } }), ['warning title_missing']);
    assert.deepEqual(codesOf({ notification: { title: '今天送达' } }), ['warning body_missing']);
    assert.deepEqual(both({ title: '', body: '今天送达' }), ['今天送达', '今天送达'], 'an empty one is none');
    assert.deepEqual(codesOf({ notification: { title: ' ', body: '今天送达' } }), ['warning title_missing']);
  });

  it('is a text that looks like a trial, of formal messages', () => {
    for (const [text, isTrial] of [
      ['Hello', true],
      ['12:30!', true],
      ['😀', true],
      ['推送测试', true],
      ['Hello 订单', false],
      ['Grüße', false],
    ] as const) {
      assert.equal(looksLikeTrial(text), isTrial, text);
      assert.deepEqual(codesOf(shown({ title: text })), isTrial ? ['warning text_like_trial'] : [], text);
      assert.deepEqual(codesOf(shown({ title: text }), optionsOf({ push_mode: 'test' })), [], text);
    }
  });

  it('is data that is too much, or ours', () => {
    const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 'v']));
    assert.deepEqual(codesOf({ data: keys(9) }), []);
    assert.deepEqual(codesOf({ data: keys(10) }), ['error data_keys_too_many']);
    assert.deepEqual(codesOf({ data: { a: 'x'.repeat(1_024) } }), ['error payload_too_large']);
    assert.deepEqual(codesOf({ data: { pealbell: 'x' } }), ['error data_key_reserved']);
    for (const data of [keys(10), { a: 'x'.repeat(1_024) }]) {
      // Devices of other vendors, which take more, get it all the same.
      assert.deepEqual(
        vivoKind.check({ ...MESSAGE, data }).map(({ severity }) => severity),
        ['warning'],
      );
    }
  });
});

describe('an override for vivo', () => {
  it('is merged last, and cannot take ours away', () => {
    const body = bodyOf({
      data: { a: 'b' },
      override: { foregroundShow: false, skipType: 1, notifyType: 2, clientCustomMap: { c: 'd', a: null } },
    });
    assert.equal(body.foregroundShow, false);
    assert.equal(body.notifyType, 2);
    assert.deepEqual(body.clientCustomMap, { c: 'd', pealbell: '{"id":"msg_1"}' });
    assert.deepEqual(bodyOf({ override: { clientCustomMap: {} } }).clientCustomMap, { pealbell: '{"id":"msg_1"}' });
  });

  it('is refused where it names what is not the caller’s', () => {
    for (const key of ['appId', 'regId', 'regIds', 'taskId', 'requestId', 'notifyId', 'timeToLive', 'sendOnline']) {
      assert.deepEqual(codesOf({ override: { [key]: 'x' } }), ['error override_refused'], key);
    }
    for (const key of ['classification', 'pushMode', 'extra', 'profileId', 'alias', 'aliases']) {
      assert.deepEqual(codesOf({ override: { [key]: null } }), ['error override_refused'], key);
    }
    assert.deepEqual(codesOf({ override: { clientCustomMap: { pealbell: 'x' } } }), ['error override_refused']);
  });

  it('is refused where vivo would refuse what it makes', () => {
    for (const override of [
      { title: null },
      { title: '' },
      { content: 7 },
      { title: '订'.repeat(41) },
      { clientCustomMap: 'x' },
      { clientCustomMap: { a: 1 } },
    ]) {
      assert.deepEqual(codesOf({ override }), ['error override_invalid'], JSON.stringify(override));
    }
    assert.deepEqual(codesOf({ override: { category: 'ORDER' } }), ['error category_not_granted']);
    assert.deepEqual(codesOf({ override: { toString: 'x' } }), []);
  });
});

describe('vivo as a kind', () => {
  it('shows what it would send, without ids and addresses', () => {
    const preview = vivoKind.preview(MESSAGE, 'alert', 0) as JsonObject;
    assert.equal(preview.timeToLive, 3_600);
    for (const key of ['notifyId', 'appId', 'regId', 'extra']) assert.equal(key in preview, false, key);
    assert.equal(vivoKind.preview({ ...MESSAGE, ...on('ORDER') }, 'alert', 0), undefined);
  });

  it('says what fits by the app’s own settings', () => {
    const granted = optionsOf({ categories: { marketing: ['NEWS'] } });
    assert.deepEqual(
      vivoKind.check(MESSAGE, granted).map(({ code }) => code),
      ['category_not_granted'],
    );
  });

  it('takes a channel as a word or as a group', () => {
    for (const good of ['ORDER', {}, { category: 'IM' }, { notify: 'none' }]) {
      assert.ok(vivoKind.channel.safeParse(good).success, JSON.stringify(good));
    }
    for (const bad of ['order', '', 7, { category: 'im' }, { notify: 'loud' }, { sound: 'x' }]) {
      assert.equal(vivoKind.channel.safeParse(bad).success, false, JSON.stringify(bad));
    }
  });

  it('counts what the vendor lets through', () => {
    assert.deepEqual(vivoKind.quotas(VIVO_DEFAULTS), {
      ...{ dayStartsMinutes: 960, tellAt: [0.8, 1] },
      quotas: [{ class: 'marketing', per: 'device', max: 2 }],
    });
  });
});

describe('characters as vivo counts them', () => {
  it('count one each, an emoji two, and Chinese ones two in older documents', () => {
    for (const [text, one, two] of [
      ['', 0, 0],
      ['ab', 2, 2],
      ['订单', 2, 4],
      ['😀', 2, 2],
      ['aé订、', 4, 6],
    ] as const) {
      assert.equal(lengthOf(text, 1), one, text);
      assert.equal(lengthOf(text, 2), two, text);
    }
    assert.equal(cutTo('a订单b', 3, 2), 'a订');
    assert.equal(cutTo('ab', 5, 1), 'ab');
  });
});
