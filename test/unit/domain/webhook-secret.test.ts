import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { makeWebhookSecret, webhookSecretFault, webhookSecretKey } from '../../../src/domain/webhook-secret.js';

const of = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;

describe('the secret of a webhook', () => {
  it('is made of 32 random bytes and gives them back', () => {
    const made: Uint8Array[] = [];
    const secret = makeWebhookSecret((size) => {
      const bytes = randomBytes(size);
      made.push(bytes);
      return bytes;
    });
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual(webhookSecretKey(secret), made[0]);
  });

  it('holds 24 to 64 bytes', () => {
    for (const bytes of [24, 32, 64]) assert.equal(webhookSecretKey(of(bytes))?.length, bytes);
    assert.equal(webhookSecretFault(of(23)), 'holds 23 bytes; it must hold 24 to 64');
    assert.equal(webhookSecretFault(of(65)), 'holds 65 bytes; it must hold 24 to 64');
  });

  it('is nothing else, and is not told in the sentence about it', () => {
    for (const text of ['', 'whsec_', 'hunter2', of(32).slice(6), 'whsec_not base64!', `whsec_${'-'.repeat(43)}=`]) {
      assert.equal(webhookSecretFault(text), 'must be whsec_ and base64', text);
      assert.equal(webhookSecretKey(text), undefined);
    }
  });
});
