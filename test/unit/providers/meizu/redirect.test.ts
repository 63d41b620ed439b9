import assert from 'node:assert/strict';
import { redirectPlace } from '../../../../providers/meizu/redirect.js';

const ENDPOINT = 'https://localhost:8443';

describe('an address that Meizu sends a request on to', () => {
  for (const [text, origin, path] of [
    ['https://api-push.meizu.com/garcia/x?a=b', 'https://api-push.meizu.com', '/garcia/x?a=b'],
    ['https://API-PUSH.MEIZU.COM/x', 'https://api-push.meizu.com', '/x'],
    ['https://localhost:8443/x', ENDPOINT, '/x'],
  ] as const) {
    it(`may be ${text}`, () => assert.deepEqual(redirectPlace(text, ENDPOINT), { origin, path }));
  }

  for (const text of [
    'http://server-api-push.meizu.com/x',
    'https://evilmeizu.com/x',
    'https://meizu.com.evil.example/x',
    'https://server-api-push.meizu.com:8443/x',
    'https://server-api-push.meizu.com@evil.example/x',
    'https://user:password@server-api-push.meizu.com/x',
    'https://localhost/x',
    'https://localhost:8444/x',
    'http://localhost:8443/x',
    'https://169.254.169.254/x',
    'file:///etc/passwd',
    '/garcia/x',
    '//server-api-push.meizu.com/x',
    '',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(redirectPlace(text, ENDPOINT), undefined));
  }
});
