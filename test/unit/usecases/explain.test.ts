import assert from 'node:assert/strict';
import { apnsKind } from '../../../providers/apns/kind.js';
import { createExplain } from '../../../src/usecases/explain.js';
import type { ConfiguredProvider } from '../../../src/usecases/provider-directory.js';

const apns = { ...apnsKind, kind: 'apns', name: 'apns' } as unknown as ConfiguredProvider; // its options are not asked for
const explain = createExplain({ providers: { configured: (app) => (app === 'shop' ? [apns] : []) } });

describe('why a registration was taken out of use', () => {
  it('is told in the words of its provider', () => {
    assert.deepEqual(explain.retired('shop', { provider: 'apns', reason: 'Unregistered' }), {
      sentence: 'Apple said Unregistered: the app was removed from this device, or its push token was replaced.',
      cure: null,
    });
    assert.match(explain.retired('shop', { provider: 'apns', reason: 'BadDeviceToken' }).cure ?? '', /sandbox/);
  });

  it('is told in the words of the house where the provider is gone or gave no code', () => {
    for (const provider of ['apns', 'old']) {
      const { sentence, cure } = explain.retired('shop', { provider, reason: 'token_invalid' });
      assert.match(sentence, /^The address is dead/);
      assert.match(cure ?? '', /register its push token/);
    }
    const { sentence: replaced } = explain.retired('shop', { provider: 'apns', reason: 'replaced' });
    assert.equal(replaced, 'The vendor gave the device another address, which is used in its place.');
    const { sentence, cure } = explain.retired('news', { provider: 'apns', reason: 'Unregistered' });
    assert.deepEqual([sentence, cure], ['The address is not to be used any more.', null]);
  });
});

describe('what an attempt met', () => {
  it('has the cure of the app’s own provider of that name, or of the house', () => {
    const met = { provider: 'apns', at: 0, outcome: 'misconfigured', reason: 'credential_rejected' } as const;
    const vendor = { status: 403, code: 'InvalidProviderToken' };
    assert.match(explain.attempt('shop', { ...met, vendor }) ?? '', /key_id/);
    assert.match(explain.attempt('news', { ...met, vendor }) ?? '', /^Mend the provider/);
    assert.equal(explain.attempt('shop', { provider: 'apns', at: 0, outcome: 'accepted' }), undefined);
  });
});
