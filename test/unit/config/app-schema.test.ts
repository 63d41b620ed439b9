import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { renderAppSchema } from '../../../config/app-schema.js';

/** Judged by the schema as it is published, without the one it was made from. */
const schema = z.fromJSONSchema(JSON.parse(renderAppSchema()));

function takes(file: unknown): boolean {
  return schema.safeParse(file).success;
}

describe('the JSON Schema of an app file', () => {
  const webpush = { subject: 'mailto:ops@shop.example', keys: '${file:../vapid.json}' };
  const apns = { key: '${file:k.p8}', key_id: '${env:KEY_ID}', team_id: 'DEF123GHIJ', bundle_id: 'com.shop' };

  it('takes the example file', async () => {
    const text = await readFile('config/app.example.yaml', 'utf8');
    const { fcm: _, huawei: __, ...providers } = parse(text).providers; // every line of theirs is a comment
    assert.ok(takes({ ...parse(text), providers: { ...providers, apns: { bundle_id: 'com.shop' } } }));
  });

  it('takes references wherever text of a form is asked for', () => {
    assert.ok(takes({ providers: { apns } }));
    assert.ok(takes({ providers: { apns: { ...apns, bundle_id: '${env:BUNDLE}' } } }));
  });

  it('wants a kind where the name is not one', () => {
    assert.ok(takes({ providers: { web: { kind: 'webpush', ...webpush } } }));
    assert.ok(!takes({ providers: { web: webpush } }));
    assert.ok(!takes({ providers: { apns: { kind: 'fcm', ...apns } } }));
  });

  it('refuses what no kind has', () => {
    assert.ok(!takes({ providers: { webpush: { ...webpush, subjet: 'x' } } }));
    assert.ok(!takes({ providers: { apns: { ...apns, key_id: 'lower case' } } }));
    assert.ok(!takes({ providers: { webpush: { subject: 'mailto:ops@shop.example' } } }));
  });

  it('knows routes', () => {
    const after = ['token_invalid'];
    assert.ok(takes({ routes: { default: [{ via: 'native' }, { via: 'fcm', after }] } }));
    assert.ok(!takes({ routes: { default: [] } }));
    assert.ok(!takes({ routes: { default: [{ via: 'native', after: ['bad_weather'] }] } }));
  });

  it('knows channels, of which one may say nothing', () => {
    assert.ok(takes({ channels: { orders: null, promo: { class: 'marketing', ttl: '8h', web: {} } } }));
    assert.ok(!takes({ channels: { promo: { class: 'loud' } } }));
  });

  it('knows routes and their steps', () => {
    assert.ok(takes({ routes: { default: [{ via: 'native' }, { via: 'fcm', after: ['token_invalid'] }] } }));
    assert.ok(
      takes({
        routes: {
          r: [
            { via: 'realtime', wait: '8s' },
            { via: 'native', after: ['no_ack'] },
          ],
        },
      }),
    );
    for (const steps of [
      [],
      [{}],
      [{ via: 'native', waits: '8s' }],
      [{ via: 'native' }, { via: 'fcm', after: ['gone'] }],
    ]) {
      assert.ok(!takes({ routes: { default: steps } }), JSON.stringify(steps));
    }
  });
});
