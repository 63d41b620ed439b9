import assert from 'node:assert/strict';
import type { ClientHttp2Session } from 'node:http2';
import { type Answered, DEVICE, errorOf, exchange, openRig, type Rig, sendHeaders } from './simulator-rig.js';

describe('FCM simulator: messages', () => {
  let rig: Rig;
  let session: ClientHttp2Session;
  let accessToken: string;

  before(async () => {
    rig = await openRig();
    session = await rig.connect();
    accessToken = await rig.accessToken(session);
  });
  beforeEach(() => {
    rig.ledger.length = 0;
  });
  after(() => rig.close());

  const sendBody = (body: string): Promise<Answered> => exchange(session, sendHeaders(accessToken), body);

  /** Sends a message to `DEVICE` unless told otherwise, and holds the ledger to what came over the wire. */
  async function fate(message: object): Promise<string> {
    const answer = await sendBody(JSON.stringify({ message: { token: DEVICE, ...message } }));
    assert.equal(rig.ledger.at(-1)?.answer.status, answer.status);
    assert.equal(rig.ledger.at(-1)?.accepted, answer.status === 200);
    return errorOf(answer);
  }

  const unreadable = (...fields: string[]) => ['400 INVALID_ARGUMENT -', ...fields].join(' ');
  const invalid = (...fields: string[]) => ['400 INVALID_ARGUMENT INVALID_ARGUMENT', ...fields].join(' ');

  describe('reading a message', () => {
    it('refuses unknown fields, names their place, and tells of all at once', async () => {
      const answer = await sendBody(
        JSON.stringify({ hello: 1, message: { token: DEVICE, to: 'x', android: { ttl: '5s', color: '#ffffff' } } }),
      );
      assert.equal(errorOf(answer), unreadable('', 'message', 'message.android'));
      assert.match(answer.text, /Unknown name \\"color\\" at 'message\.android': Cannot find field/);
    });

    it('takes names in snake_case and in lowerCamelCase, and null as absence, but nothing twice', async () => {
      assert.equal(
        await fate({ android: { collapse_key: 'a', restrictedPackageName: 'b' }, notification: null }),
        '200',
      );
      assert.equal(
        await fate({ android: { collapse_key: 'a', collapseKey: 'b' } }),
        unreadable('message.android.collapse_key'),
      );
    });

    it('takes the names of an enumeration in any case, and their numbers', async () => {
      for (const priority of ['HIGH', 'high', 1]) assert.equal(await fate({ android: { priority } }), '200');
      assert.equal(await fate({ android: { priority: 2 } }), unreadable('message.android.priority'));
    });

    for (const [what, message, field] of [
      ['data whose values are not all strings', { data: { a: 'b', n: 5 } }, 'message.data[1].value'],
      ['data that is no object', { data: ['a'] }, 'message.data'],
      ['a notification that is text', { notification: 'hello' }, 'message.notification'],
      ['a title that is a number', { notification: { title: 5 } }, 'message.notification.title'],
      ['a ttl without its unit', { android: { ttl: '3600' } }, 'message.android.ttl'],
      ['a ttl that is a number', { android: { ttl: 3600 } }, 'message.android.ttl'],
      ['a ttl of another unit', { android: { ttl: '5m' } }, 'message.android.ttl'],
      ['an unknown priority', { android: { priority: 'HIGHEST' } }, 'message.android.priority'],
      ['a flag that is text', { android: { direct_boot_ok: 'true' } }, 'message.android.direct_boot_ok'],
      [
        'arguments that are no list',
        { android: { notification: { body_loc_args: 'x' } } },
        'message.android.notification.body_loc_args',
      ],
      [
        'arguments that are no strings',
        { android: { notification: { body_loc_args: ['x', 1] } } },
        'message.android.notification.body_loc_args[1]',
      ],
      [
        'a count that is no whole number',
        { android: { notification: { notification_count: 1.5 } } },
        'message.android.notification.notification_count',
      ],
      [
        'a time that is none',
        { android: { notification: { event_time: 'noon' } } },
        'message.android.notification.event_time',
      ],
      [
        'a colour out of shape',
        { android: { notification: { light_settings: { color: { red: 'r' } } } } },
        'message.android.notification.light_settings.color.red',
      ],
      ['an APNs payload that is text', { apns: { payload: '{}' } }, 'message.apns.payload'],
      ['APNs headers that are numbers', { apns: { headers: { 'apns-priority': 5 } } }, 'message.apns.headers[0].value'],
    ] as const) {
      it(`refuses ${what}`, async () => {
        assert.equal(await fate(message), unreadable(field));
      });
    }

    it('takes every field of the reference', async () => {
      const options = { analytics_label: 'spring_sale' };
      const colors = { red: 1, green: 0.5, blue: '0', alpha: 1 };
      const android = {
        ...{ collapse_key: 'news', priority: 'HIGH', ttl: '2419200s', restricted_package_name: 'com.example' },
        ...{
          direct_boot_ok: true,
          bandwidth_constrained_ok: true,
          restricted_satellite_ok: true,
          fcm_options: options,
        },
        data: { a: 'b' },
        notification: {
          ...{
            title: 't',
            body: 'b',
            icon: 'i',
            color: '#12aBcd',
            sound: 's',
            tag: 'g',
            click_action: 'c',
            image: 'u',
          },
          ...{ title_loc_key: 'k', title_loc_args: ['x'], body_loc_key: 'k', body_loc_args: [], channel_id: 'orders' },
          ...{ ticker: 'x', sticky: true, event_time: '2027-01-15T08:00:00.5Z', local_only: false, proxy: 'DENY' },
          ...{ notification_priority: 'PRIORITY_MAX', visibility: 'SECRET', notification_count: 3 },
          ...{ default_sound: true, default_vibrate_timings: false, default_light_settings: false },
          vibrate_timings: ['0.5s', '1s'],
          light_settings: { color: colors, light_on_duration: '0.5s', light_off_duration: '1s' },
        },
      };
      const apns = {
        headers: { 'apns-priority': '5', 'apns-expiration': '0', 'apns-collapse-id': 'x' },
        payload: { aps: { alert: 'hello' }, custom: [1, 2] },
        fcm_options: { ...options, image: 'https://example.com/i.png' },
        live_activity_token: 'abc',
      };
      const webpush = {
        headers: { TTL: '60', Urgency: 'high', Topic: 'news' },
        data: { a: 'b' },
        notification: { title: 't', actions: [{ action: 'a', title: 'b' }] },
        fcm_options: { ...options, link: 'https://example.com/' },
      };
      const notification = { title: 't', body: 'b', image: 'https://example.com/i.png' };
      assert.equal(await fate({ data: { k: 'v' }, notification, fcm_options: options, android, apns, webpush }), '200');
    });
  });

  describe('rules of FCM', () => {
    it('refuses a message without a target and one with two', async () => {
      assert.equal(await fate({ token: null }), invalid('message'));
      assert.equal(errorOf(await sendBody('{}')), invalid('message'));
      assert.equal(await fate({ topic: 'news' }), unreadable('message'));
    });

    it('refuses a token out of shape, with the sentence that tells it from a bad payload', async () => {
      for (const token of ['', 'nonsense', `${DEVICE} `, DEVICE.replace(':', '/'), 'a1'.repeat(32)]) {
        const answer = await sendBody(JSON.stringify({ message: { token } }));
        assert.equal(errorOf(answer), invalid());
        assert.match(answer.text, /The registration token is not a valid FCM registration token/);
      }
    });

    it('takes an installation id as token and as fid, and nothing else as fid', async () => {
      assert.equal(await fate({ token: 'fKx0aQ9T3mB1cDe2FgH4iJ' }), '200');
      assert.equal(await fate({ token: null, fid: 'fKx0aQ9T3mB1cDe2FgH4iJ' }), '200');
      assert.equal(rig.ledger.at(-1)?.token, 'fKx0aQ9T3mB1cDe2FgH4iJ');
      assert.equal(await fate({ token: null, fid: DEVICE }), invalid('message.fid'));
    });

    it('takes topics and conditions that can be read, and names no token for them', async () => {
      const condition = "'a' in topics && ('b' in topics || !('c' in topics))";
      for (const target of [{ topic: 'news-1_%.~' }, { condition }])
        assert.equal(await fate({ token: null, ...target }), '200');
      assert.equal(rig.ledger.at(-1)?.token, null);
      assert.equal(await fate({ token: null, topic: 'news/sport' }), invalid('message.topic'));
      const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((topic) => `'${topic}' in topics`).join(' || ');
      for (const broken of ['', "'a'", "'a' in topics &&", "('a' in topics", "'a b' in topics", six]) {
        assert.equal(await fate({ token: null, condition: broken }), invalid('message.condition'));
      }
    });

    it('refuses reserved keys in data', async () => {
      for (const key of ['from', 'message_type', 'google.x', 'gcm', 'gcm.notification.title']) {
        assert.equal(await fate({ data: { [key]: 'x' } }), invalid('message.data'));
        assert.equal(await fate({ android: { data: { [key]: 'x' } } }), invalid('message.android.data'));
      }
      assert.equal(await fate({ data: { from_whom: 'x', sender: 'y' } }), '200');
    });

    it('refuses a ttl below nothing and above four weeks', async () => {
      for (const ttl of ['-1s', '2419201s'])
        assert.equal(await fate({ android: { ttl } }), invalid('message.android.ttl'));
      for (const ttl of ['0s', '3.5s', '2419200s', '0.000000001s'])
        assert.equal(await fate({ android: { ttl } }), '200');
    });

    it('refuses a colour that is not #rrggbb', async () => {
      for (const color of ['red', '#fff', '#12345g']) {
        assert.equal(
          await fate({ android: { notification: { color } } }),
          invalid('message.android.notification.color'),
        );
      }
    });

    it('refuses arguments for a text that has no key', async () => {
      const notification = { title_loc_args: ['x'] };
      assert.equal(await fate({ android: { notification } }), invalid('message.android.notification.title_loc_args'));
    });

    it('refuses what APNs would refuse of its headers, and an aps that is no object', async () => {
      for (const headers of [{ 'apns-priority': '7' }, { 'apns-expiration': 'soon' }, { ttl: '5' }]) {
        assert.equal(await fate({ apns: { headers } }), invalid('message.apns.headers'));
      }
      assert.equal(await fate({ apns: { payload: { aps: 'hello' } } }), invalid('message.apns.payload'));
    });

    it('refuses Web Push headers out of shape, and a link that is not https', async () => {
      for (const headers of [{ TTL: '5s' }, { Urgency: 'now' }, { Topic: 'a b' }]) {
        assert.equal(await fate({ webpush: { headers } }), invalid('message.webpush.headers'));
      }
      const webpush = { fcm_options: { link: 'http://example.com' } };
      assert.equal(await fate({ webpush }), invalid('message.webpush.fcm_options.link'));
    });

    it('refuses an analytics label out of shape, wherever it stands', async () => {
      for (const place of ['android', 'apns', 'webpush']) {
        const message = { [place]: { fcm_options: { analytics_label: 'a b' } } };
        assert.equal(await fate(message), invalid(`message.${place}.fcm_options.analytics_label`));
      }
      assert.equal(
        await fate({ fcm_options: { analytics_label: 'x'.repeat(51) } }),
        invalid('message.fcm_options.analytics_label'),
      );
    });

    it('refuses more than 4096 bytes, counted in UTF-8, keys and both halves of a message included', async () => {
      assert.equal(await fate({ data: { k: 'x'.repeat(4095) } }), '200');
      assert.equal(await fate({ data: { k: 'x'.repeat(4096) } }), invalid('message'));
      assert.equal(await fate({ data: { k: 'é'.repeat(2048) } }), invalid('message'));
      assert.equal(
        await fate({ data: { k: 'x'.repeat(2000) }, notification: { body: 'x'.repeat(2200) } }),
        invalid('message'),
      );
    });

    it('refuses more than 2048 bytes for topics and conditions', async () => {
      for (const target of [{ topic: 'news' }, { condition: "'news' in topics" }]) {
        assert.equal(await fate({ token: null, ...target, data: { k: 'x'.repeat(2047) } }), '200');
        assert.equal(await fate({ token: null, ...target, data: { k: 'x'.repeat(2048) } }), invalid('message'));
      }
    });

    it('measures what each platform would get', async () => {
      const long = 'x'.repeat(4096);
      assert.equal(await fate({ data: { k: long }, android: { data: {} }, webpush: { data: {} } }), '200');
      assert.equal(await fate({ webpush: { notification: { body: long } } }), invalid('message'));
      assert.equal(await fate({ apns: { payload: { aps: { alert: long } } } }), invalid('message.apns.payload'));
    });
  });
});
