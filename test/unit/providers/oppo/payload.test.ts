import assert from 'node:assert/strict';
import type { JsonObject, Message } from '../../../../providers/contract.js';
import { oppoChannel } from '../../../../providers/oppo/channel.js';
import { batchForms, formOf, signature } from '../../../../providers/oppo/form.js';
import { oppoKind } from '../../../../providers/oppo/kind.js';
import { compile } from '../../../../providers/oppo/payload.js';
import { regionOf } from '../../../../providers/oppo/region.js';
import { oppoOptions } from '../../../../providers/oppo/settings.js';
import { collapseNumber } from '../../../../providers/shared/collapse-number.js';
import { MESSAGE, target, targets, tokenOf } from './rig.js';

function optionsOf(settings: object = {}) {
  return oppoOptions.parse({ app_key: 'k', master_secret: 's', ...settings });
}

function notification(message: Partial<Message>, settings: object = {}, callbackUrl?: string): JsonObject {
  const { compiled, misfits } = compile({ ...MESSAGE, ...message }, optionsOf(settings), callbackUrl);
  assert.ok(compiled, JSON.stringify(misfits));
  return compiled.notification;
}

function codes(message: Partial<Message>, settings: object = {}): string[] {
  return compile({ ...MESSAGE, ...message }, optionsOf(settings)).misfits.map(
    ({ severity, code }) => `${severity} ${code}`,
  );
}

function channel(settings: unknown, more: Partial<Message> = {}): Partial<Message> {
  return { channel: { name: 'orders', settings: oppoChannel.parse(settings) as JsonObject }, ...more };
}

describe('OPPO’s signature', () => {
  it('is the SHA-256 of key, time and secret', () => {
    assert.equal(
      signature('appkey-1', '1700000000000', 'master-1'),
      '67695114b5723e4b52932c40b5755b2af39ea79eddca21c94af270d3dedabb80',
    );
  });
});

describe('OPPO’s regions', () => {
  for (const [id, region] of [
    ['b6bbd94b59cdb5df8391642c1509b7fe', 'china'],
    ['CN_b6bbd94b59cdb5df8391642c1509b7fe', 'china'],
    ['OPPO_CN_b6bbd94b59cdb5df8391642c1509b7fe', 'china'],
    ['IN_b6bbd94b59cdb5df8391642c1509b7fe', 'overseas'],
    ['OPPO_IN_b6bbd94b59cdb5df8391642c1509b7fe', 'overseas'],
    ['OPPO_CN_a_b', 'overseas'],
  ] as const) {
    it(`${id} is of ${region}`, () => assert.equal(regionOf(id), region));
  }
});

describe('What OPPO is sent for a message', () => {
  it('is title, text, life, and ids of ours', () => {
    assert.deepEqual(notification({ data: { order: '8812' } }), {
      style: 1,
      title: 'Paid',
      content: 'Order 8812 is paid',
      click_action_type: 0,
      action_parameters: JSON.stringify({ order: '8812', pealbell: JSON.stringify({ id: MESSAGE.id }) }),
      off_line: true,
      off_line_ttl: 600,
      notify_id: collapseNumber(MESSAGE.id),
    });
  });

  it('names where receipts go, and the message, where the address is short enough', () => {
    const url = `https://push.example/callbacks/oppo/shop/${'s'.repeat(20)}`;
    const shown = notification({}, {}, url);
    assert.deepEqual([shown.call_back_url, shown.call_back_parameter], [url, MESSAGE.id]);
    assert.equal(notification({}, {}, `https://push.example/${'s'.repeat(200)}`).call_back_url, undefined);
  });

  for (const [ttlSeconds, fields, misfits] of [
    [0, { off_line: false }, []],
    [1, { off_line: true, off_line_ttl: 1 }, []],
    [864_000, { off_line: true, off_line_ttl: 864_000 }, []],
    [864_001, { off_line: true, off_line_ttl: 864_000 }, ['warning ttl_shortened']],
  ] as const) {
    it(`lives ${ttlSeconds} s as ${JSON.stringify(fields)}`, () => {
      const { off_line, off_line_ttl } = notification({ ttlSeconds });
      assert.deepEqual(JSON.parse(JSON.stringify({ off_line, off_line_ttl })), fields);
      assert.deepEqual(codes({ ttlSeconds }), misfits);
    });
  }

  it('replaces by the collapse key', () => {
    assert.equal(notification({ collapseKey: 'order-1' }).notify_id, collapseNumber('order-1'));
  });

  for (const [what, body, settings, style, length, misfits] of [
    ['50 characters', '😀'.repeat(50), {}, 1, 50, []],
    ['51 characters in the long style', '字'.repeat(51), {}, 2, 51, []],
    ['129 characters, cut between code points', '😀'.repeat(129), {}, 2, 128, ['warning body_cut']],
    ['129 characters without the long style', 'a'.repeat(129), { long_body_max: 0 }, 1, 50, ['warning body_cut']],
    ['200 characters where OPPO takes them', 'a'.repeat(200), { body_max: 200 }, 1, 200, []],
  ] as const) {
    it(`shows a text of ${what}`, () => {
      const sent = notification({ notification: { title: 'T', body } }, settings);
      assert.deepEqual([sent.style, [...String(sent.content)].length], [style, length]);
      assert.ok(body.startsWith(String(sent.content)));
      assert.deepEqual(codes({ notification: { title: 'T', body } }, settings), misfits);
    });
  }

  it('cuts a long title', () => {
    const long = { notification: { title: '字'.repeat(51), body: 'b' } };
    assert.equal([...String(notification(long).title)].length, 50);
    assert.deepEqual(codes(long), ['warning title_cut']);
  });

  it('has a title and a text, whichever is missing', () => {
    assert.deepEqual(codes({ notification: { body: 'b' } }), ['warning title_missing']);
    assert.equal(notification({ notification: { body: 'b' } }).title, 'b');
    assert.equal(notification({ notification: { body: 'b' } }, { title: 'Shop' }).title, 'Shop');
    assert.deepEqual(codes({ notification: { body: 'b' } }, { title: 'Shop' }), []);
    assert.deepEqual(codes({ notification: { title: 't' } }), ['warning body_missing']);
    assert.equal(notification({ notification: { title: 't' } }).content, 't');
  });

  for (const [click, fields, misfits] of [
    [{ url: 'https://shop.example/1' }, { click_action_type: 2, click_action_url: 'https://shop.example/1' }, []],
    [
      { url: 'https://shop.example/1', deepLink: 'shop://1' },
      { click_action_type: 5, click_action_url: 'shop://1' },
      [],
    ],
    [{ deepLink: `shop://${'x'.repeat(2_000)}` }, { click_action_type: 0 }, ['warning click_unmapped']],
  ] as const) {
    it(`opens ${JSON.stringify(click).slice(0, 60)} as ${JSON.stringify(fields)}`, () => {
      const message = { notification: { title: 'T', body: 'B', click } };
      const { click_action_type, click_action_url } = notification(message);
      assert.deepEqual(JSON.parse(JSON.stringify({ click_action_type, click_action_url })), fields);
      assert.deepEqual(codes(message), misfits);
    });
  }

  it('warns of what OPPO has no place for', () => {
    const full = {
      ...{ title: 'T', body: 'B', image: 'https://a.example/a.png', sound: 's', badge: 1, thread: 't' },
      media: [{ url: 'https://a.example/a.mp4', type: 'video' as const }],
      actions: [{ id: 'a', title: 'A' }],
    };
    assert.deepEqual(
      codes({ notification: full }),
      ['image', 'media', 'sound', 'badge', 'actions', 'thread'].map((key) => `warning ${key}_unmapped`),
    );
    const parameters = JSON.parse(String(notification({ notification: full }).action_parameters));
    assert.equal(JSON.parse(parameters.pealbell).media.length, 2);
  });

  for (const [what, message, misfit] of [
    ['a silent message', { notification: undefined }, 'error silent_refused'],
    ['an empty notification', { notification: { badge: 1 } }, 'error notification_empty'],
    ['a data key of ours', { data: { pealbell: 'x' } }, 'error data_key_reserved'],
    ['too much data', { data: { blob: 'x'.repeat(4_000) } }, 'error payload_too_large'],
    ['an override of our id', { override: { app_message_id: 'x' } }, 'error override_refused'],
    ['an override of the address', { override: { target_value: 'x' } }, 'error override_refused'],
    ['an override of the life', { override: { off_line_ttl: 1 } }, 'error override_refused'],
    ['an override of our block', { override: { action_parameters: { pealbell: '' } } }, 'error override_refused'],
    ['an override that is no field', { override: { title: ['x'] } }, 'error override_invalid'],
    ['parameters that are no object', { override: { action_parameters: 'x' } }, 'error override_invalid'],
    ['an override that takes the title away', { override: { title: null } }, 'error override_invalid'],
  ] as const) {
    it(`refuses ${what}`, () => {
      const { notification: shown, ...rest } = { ...MESSAGE, ...message };
      const whole = (shown === undefined ? rest : { ...rest, notification: shown }) as Message;
      const found = compile(whole, optionsOf());
      assert.equal(found.compiled, undefined);
      assert.ok(
        found.misfits.some(({ severity, code }) => `${severity} ${code}` === misfit),
        JSON.stringify(found),
      );
    });
  }

  it('merges an override last, and keeps the data beside what it adds', () => {
    const sent = notification({
      data: { a: '1' },
      override: { style: 3, big_picture_id: 'p1', sub_title: 'sub', action_parameters: { b: '2' } },
    });
    assert.deepEqual([sent.style, sent.big_picture_id, sent.sub_title], [3, 'p1', 'sub']);
    assert.deepEqual(Object.keys(JSON.parse(String(sent.action_parameters))), ['a', 'b', 'pealbell']);
  });
});

describe('The class of a message at OPPO', () => {
  const transactional = { class: 'transactional' } as const;

  it('is the service class by the channel’s category', () => {
    const sent = notification(channel({ category: 'ORDER', channel_id: 'orders', notify_level: 16 }, transactional));
    assert.deepEqual([sent.category, sent.channel_id, sent.notify_level], ['ORDER', 'orders', 16]);
    assert.equal(notification(channel('ORDER', transactional)).category, 'ORDER');
  });

  it('is never guessed upward: a marketing message gets nothing of a service channel', () => {
    const entry = { category: 'ORDER', channel_id: 'orders', notify_level: 16, template: { id: 't' } };
    for (const more of [{}, { class: 'marketing' } as const]) {
      const sent = notification(channel(entry, more), { marketing_category: 'NEWS' });
      assert.deepEqual([sent.category, sent.channel_id, sent.notify_level], ['NEWS', undefined, undefined]);
      assert.equal(sent.private_msg_template_id, undefined);
      assert.deepEqual(codes(channel(entry, more)), ['warning category_unmapped']);
    }
  });

  it('of a transactional message without a category is told to be marketing', () => {
    assert.deepEqual(codes(transactional), ['warning class_lowered']);
    assert.deepEqual(codes(transactional, { transactional_category: 'IM' }), []);
    assert.equal(notification(transactional, { transactional_category: 'IM' }).category, 'IM');
  });

  it('of a transactional message with a category for marketing is told to be marketing', () => {
    const message = channel('NEWS', transactional);
    assert.equal(notification(message).category, 'NEWS');
    assert.deepEqual(codes(message), ['warning class_lowered']);
    assert.deepEqual(codes(message, { granted_categories: ['NEWS'] }), [], 'granted as one of the service class');
  });

  it('is not raised by an override', () => {
    const override = { category: 'ORDER' };
    assert.deepEqual(codes({ override }), ['error override_refused']);
    assert.equal(notification({ ...transactional, override }).category, 'ORDER');
  });

  it('keeps the template of a channel that is of the service class by its id alone', () => {
    const entry = { channel_id: 'orders', template: { id: 't1' } };
    assert.equal(notification(channel(entry, transactional)).private_msg_template_id, 't1');
    assert.equal(notification(channel(entry)).private_msg_template_id, undefined);
  });

  it('needs a granted category, where those are listed', () => {
    const message = channel('ORDER', transactional);
    assert.deepEqual(codes(message, { granted_categories: ['IM'] }), ['error category_not_granted']);
    assert.deepEqual(codes(message, { granted_categories: ['ORDER'] }), []);
    assert.deepEqual(codes({}, { marketing_category: 'ORDER' }), ['error category_not_granted']);
  });

  it('of a notify level without a category is told', () => {
    assert.deepEqual(codes(channel({ notify_level: 2 })), ['warning notify_level_unmapped']);
  });

  it('bounds how long a marketing message is shown', () => {
    assert.equal(notification(channel({ category: 'NEWS', show_ttl: 80_000 })).show_ttl, 43_200);
    assert.equal(notification(channel({ category: 'ORDER', show_ttl: 80_000 }, transactional)).show_ttl, 80_000);
  });

  it('fills the private template from the message', () => {
    const template = { id: 't1', title: { name: 'title' }, content: { order: 'data.order', text: 'body' } };
    const message = channel({ category: 'ORDER', template }, { ...transactional, data: { order: '8812' } });
    const sent = notification(message);
    assert.equal(sent.private_msg_template_id, 't1');
    assert.deepEqual(sent.private_title_parameters, { name: 'Paid' });
    assert.deepEqual(sent.private_content_parameters, { order: '8812', text: 'Order 8812 is paid' });
    assert.deepEqual(codes({ ...message, data: {} }), ['error template_parameter_missing']);
    const [told] = oppoKind.check({ ...MESSAGE, ...message, data: {} }, optionsOf());
    assert.equal(told?.severity, 'warning', 'devices of other vendors get it all the same');
  });

  for (const wrong of [
    'order',
    '',
    7,
    { category: 'ORDER', colour: 'red' },
    { notify_level: 3 },
    { show_ttl: 90_000 },
  ]) {
    it(`is not said by ${JSON.stringify(wrong)}`, () => assert.equal(oppoChannel.safeParse(wrong).success, false));
  }
});

describe('OPPO’s forms', () => {
  const compiled = { notification: { title: 'a&b=c+d "ü"', content: 'x' } };

  it('encode JSON once, each device with an id of its own', () => {
    const two = targets(2);
    const [form, ...rest] = batchForms(compiled, two, optionsOf());
    assert.equal(rest.length, 0);
    const fields = new URLSearchParams(form?.fields);
    assert.deepEqual([...fields.keys()], ['messages']);
    assert.deepEqual(
      JSON.parse(fields.get('messages') ?? ''),
      two.map(({ pushToken, notificationId }) => ({
        target_type: 2,
        target_value: pushToken,
        verify_registration_id: true,
        notification: { ...compiled.notification, app_message_id: notificationId },
      })),
    );
  });

  it('are as many as the bound on bytes asks for, and name every device once', () => {
    const many = targets(300);
    const options = optionsOf({ request_bytes_max: 20_000 });
    const forms = batchForms(compiled, many, options);
    assert.ok(forms.length > 1);
    for (const { fields } of forms) assert.ok(fields.length < 20_000);
    assert.deepEqual(
      forms.flatMap((form) => form.targets.map(({ pushToken }) => pushToken)),
      many.map(({ pushToken }) => pushToken),
    );
  });

  it('write yes, no and numbers as text', () => {
    const fields = new URLSearchParams(formOf({ off_line: true, notify_id: 7, private_title_parameters: { a: 'b' } }));
    assert.deepEqual(Object.fromEntries(fields), {
      ...{ off_line: 'true', notify_id: '7' },
      private_title_parameters: '{"a":"b"}',
    });
  });
});

describe('OPPO’s settings', () => {
  it('know their vendor’s quota of marketing messages', () => {
    assert.deepEqual(oppoKind.quotas(optionsOf()).quotas, [{ class: 'marketing', per: 'device', max: 2 }]);
  });

  it('show what would be sent', () => {
    assert.deepEqual(oppoKind.preview(MESSAGE, 'alert', 0, optionsOf()), notification({}));
    assert.equal(oppoKind.preview({ ...MESSAGE, data: { pealbell: '' } }, 'alert', 0), undefined);
  });

  for (const [what, settings] of [
    ['no secret', { app_key: 'k' }],
    ['too large a batch', { app_key: 'k', master_secret: 's', batch: 1_001 }],
    ['a host in the clear', { app_key: 'k', master_secret: 's', endpoint: 'http://api.example' }],
    ['an unknown way', { app_key: 'k', master_secret: 's', send: 'all' }],
  ] as const) {
    it(`refuse ${what}`, () => assert.equal(oppoOptions.safeParse(settings).success, false));
  }
});

describe('A registration id of OPPO', () => {
  it('is taken as it is', () => assert.equal(target(tokenOf(1)).pushToken, tokenOf(1)));
});
