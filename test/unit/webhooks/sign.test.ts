import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { makeWebhookSecret } from '../../../src/domain/webhook-secret.js';
import { signatureHeaders } from '../../../src/webhooks/sign.js';

const BODY = '{"type":"events","note":"ä – 🔔"}';
const secret = () => makeWebhookSecret(randomBytes);

describe('the signature of a call', () => {
  it('is what the specification’s own library accepts, for the bytes as they are', () => {
    const value = secret();
    const now = Date.now();
    const headers = signatureHeaders('whc_1', Buffer.from(BODY), [{ value, createdAt: now }], now);
    assert.deepEqual(new Webhook(value).verify(BODY, headers), JSON.parse(BODY));
    assert.throws(() => new Webhook(value).verify(`${BODY} `, headers));
    assert.throws(() => new Webhook(value).verify(BODY, { ...headers, 'webhook-id': 'whc_2' }));
    assert.throws(() => new Webhook(secret()).verify(BODY, headers));
  });

  it('gives the vector of the specification', () => {
    const value = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const now = 1_614_265_330_000;
    const headers = signatureHeaders(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      Buffer.from('{"test": 2432232314}'),
      [{ value, createdAt: 0 }],
      now,
    );
    assert.equal(headers['webhook-timestamp'], '1614265330');
    assert.equal(headers['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is there once for each secret that is live, so that receivers may change theirs when they like', () => {
    const now = Date.now();
    const [fresh, old, over] = [secret(), secret(), secret()];
    const secrets = [
      { value: fresh, createdAt: now },
      { value: old, createdAt: 0, until: now + 1 },
      { value: over, createdAt: 0, until: now },
    ];
    const headers = signatureHeaders('whc_1', Buffer.from(BODY), secrets, now);
    assert.equal(headers['webhook-signature'].split(' ').length, 2);
    for (const value of [fresh, old]) assert.doesNotThrow(() => new Webhook(value).verify(BODY, headers));
    assert.throws(() => new Webhook(over).verify(BODY, headers));
  });

  it('carries the time of the attempt: an old one is refused', () => {
    const value = secret();
    const headers = signatureHeaders('whc_1', Buffer.from(BODY), [{ value, createdAt: 0 }], Date.now() - 600_000);
    assert.throws(() => new Webhook(value).verify(BODY, headers), /timestamp/i);
  });
});
