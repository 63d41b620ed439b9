import assert from 'node:assert/strict';
import { createCallbackUrls } from '../../../src/compose/callback-urls.js';

const hasher = { callback: (app: string, provider: string) => `secret-of-${provider}-${app}`.padEnd(27, 'x') };
const here = { endpoint: 'https://127.0.0.1:4711', ca: 'PEM' };
const abroad = { endpoint: 'https://api.vendor.example' };

describe('the address that a vendor is given for its receipts', () => {
  const ownUrl = 'http://127.0.0.1:8080';

  it('is the public one, with the secret in it', () => {
    const urls = createCallbackUrls({ publicUrl: 'https://push.shop.example/', ownUrl, hasher });
    const url = urls('shop', 'vivo', abroad);
    assert.equal(url, `https://push.shop.example/callbacks/vivo/shop/${hasher.callback('shop', 'vivo')}`);
    assert.equal(urls('shop', 'vivo', {}), url, 'a vendor whose address nobody wrote down is not here');
  });

  it('is none where no vendor could reach it', () => {
    for (const publicUrl of ['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'])
      assert.equal(createCallbackUrls({ publicUrl, ownUrl, hasher })('shop', 'vivo', abroad), undefined);
  });

  it('is that of the own listener for a vendor on this machine', () => {
    const urls = createCallbackUrls({ publicUrl: 'https://push.shop.example', ownUrl, hasher });
    assert.match(urls('shop:test', 'vivo', here) ?? '', /^http:\/\/127\.0\.0\.1:8080\/callbacks\/vivo\/shop%3Atest\//);
    const without = createCallbackUrls({ publicUrl: 'http://127.0.0.1:9', ownUrl: undefined, hasher });
    assert.match(without('shop', 'vivo', here) ?? '', /^http:\/\/127\.0\.0\.1:9\/callbacks\/vivo\/shop\//);
  });
});
