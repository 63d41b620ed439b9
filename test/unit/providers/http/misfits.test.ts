import assert from 'node:assert/strict';
import type { Message } from '../../../../providers/contract.js';
import { httpKind } from '../../../../providers/http/kind.js';
import { MESSAGE } from './service.js';

const GOOD = { url: 'https://sms.example/send', json: { to: '{{token}}', text: '{{text}}' } };
const ALL: Message = {
  ...MESSAGE,
  notification: {
    title: 'T',
    body: 'B',
    image: 'https://i.example/1',
    media: [{ url: 'https://i.example/2', type: 'video' }],
    sound: 's',
    badge: 1,
    click: { url: 'https://c.example', deepLink: 'shop://1' },
    actions: [{ id: 'a', title: 'A' }],
    thread: 't',
  },
  data: { code: '1' },
  collapseKey: 'k',
};

function misfits(settings: object, message: Partial<Message>): string[] {
  const options = httpKind.options.parse({ ...GOOD, ...settings });
  return httpKind
    .check({ ...MESSAGE, ...message }, options)
    .map(({ severity, code, pointer = '' }) => `${severity} ${code} ${pointer}`);
}

describe('What of a message a service cannot be told', () => {
  it('is told, for each part that no template names', () => {
    assert.deepEqual(misfits({}, {}), []);
    assert.deepEqual(misfits({}, ALL), [
      'warning image_unmapped /notification/image',
      'warning media_unmapped /notification/media',
      'warning sound_unmapped /notification/sound',
      'warning badge_unmapped /notification/badge',
      'warning actions_unmapped /notification/actions',
      'warning thread_unmapped /notification/thread',
      'warning click_url_unmapped /notification/click/url',
      'warning deep_link_unmapped /notification/click/deep_link',
      'warning data_unmapped /data',
      'warning collapse_key_unmapped /collapse_key',
    ]);
    assert.deepEqual(misfits({ json: { to: '{{token}}', t: '{{title}}' } }, {}), [
      'warning body_unmapped /notification/body',
    ]);
    const all = {
      json: ['token', 'text', 'app_data', 'sound', 'badge', 'actions', 'thread', 'collapse_number'].map(
        (name) => `{{${name}}}`,
      ),
    };
    assert.deepEqual(misfits(all, ALL), []);
    assert.deepEqual(
      misfits({ json: { to: '{{token}}', text: '{{text}}', code: '{{data.code}}' } }, { data: { code: '1' } }),
      [],
    );
  });

  it('is cut where it is too long, at a character', () => {
    assert.deepEqual(misfits({ title_max: 4, body_max: 3 }, {}), ['warning body_cut /notification/body']);
    const options = httpKind.options.parse({ ...GOOD, title_max: 2 });
    const shown = httpKind.preview({ ...MESSAGE, notification: { title: '🔔🔔🔔' } }, 'alert', 0, options);
    assert.deepEqual(shown, { method: 'POST', json: { text: '🔔🔔' } });
  });

  it('is refused where nothing would be said, or too much', () => {
    const { notification: _, ...silent } = MESSAGE;
    const options = httpKind.options.parse(GOOD);
    assert.deepEqual(
      httpKind.check(silent, options).map(({ code }) => code),
      ['notification_missing'],
    );
    const data = httpKind.options.parse({ ...GOOD, json: { to: '{{token}}', data: '{{data}}' } });
    assert.deepEqual(httpKind.check({ ...silent, data: { a: '1' } }, data), []);
    assert.deepEqual(misfits({ payload_bytes_max: 256 }, { notification: { body: 'ä'.repeat(130) } }), [
      'error payload_too_large ',
    ]);
    const get = { json: undefined, method: 'GET', query: { to: '{{token}}', text: '{{text}}' } };
    assert.deepEqual(misfits(get, { notification: { body: 'ä'.repeat(1_400) } }), ['error payload_too_large ']);
    assert.deepEqual(misfits(get, { override: { a: 1 } }), ['error override_unmapped /overrides']);
  });

  it('as a short message has a number of parts, which is told and bounded', () => {
    const of = (length: number) => misfits({ segments_max: 2 }, { notification: { body: 'a'.repeat(length) } });
    assert.deepEqual(of(160), []);
    assert.deepEqual(of(306), ['warning segments /notification/body']);
    assert.deepEqual(of(307), ['error payload_too_large /notification/body']);
    const options = httpKind.options.parse({ ...GOOD, segments_max: 2 });
    const [told] = httpKind.check({ ...MESSAGE, notification: { body: '好'.repeat(71) } }, options);
    assert.equal(told?.detail, 'the text takes 2 short messages (UCS-2, 71 units)');
  });

  it('is shown without push tokens and secrets', () => {
    const options = httpKind.options.parse({
      url: 'https://sms.example/{{token}}',
      form: { key: '{{secret.key}}', text: '{{text}}' },
      query: { to: '{{token}}', v: '1' },
      secrets: { key: 'TOP' },
    });
    assert.deepEqual(httpKind.preview(MESSAGE, 'alert', 0, options), {
      method: 'POST',
      query: { to: '', v: '1' },
      form: { key: '***', text: 'Paid\nOrder 7' },
    });
  });

  it('is not asked without a file', () => {
    assert.deepEqual(httpKind.check(ALL), []);
    assert.equal(httpKind.preview(ALL, 'alert', 0), undefined);
  });
});
