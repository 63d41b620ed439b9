import assert from 'node:assert/strict';
import { pushServices } from '../../../../providers/webpush/push-service.js';

describe('stand-ins of push services', () => {
  const standIns = {
    mozilla: 'https://127.0.0.1:5001/abroad',
    google: 'https://127.0.0.1:5002/abroad/',
    other: 'https://127.0.0.1:5001/abroad',
  };
  const serviceOf = pushServices(['push.example.org'], standIns);
  const led = (endpoint: string) => {
    const destination = serviceOf(new URL(endpoint));
    return destination === undefined ? undefined : `${destination.service} ${destination.url.href}`;
  };

  it('keep the path of an endpoint below their own', () => {
    assert.equal(
      led('https://updates.push.services.mozilla.com/wpush/v2/g%2Fx?a=b'),
      'mozilla https://127.0.0.1:5001/abroad/wpush/v2/g%2Fx?a=b',
    );
    assert.equal(led('https://fcm.googleapis.com/fcm/send/x'), 'google https://127.0.0.1:5002/abroad/fcm/send/x');
    assert.equal(led('https://push.example.org/x'), 'other https://127.0.0.1:5001/abroad/x');
  });

  it('are never left for a host that a path names', () => {
    for (const path of ['//evil.example/x', '/../x', '/%2e%2e/%2e%2e/x', '/\\evil.example']) {
      const url = serviceOf(new URL(`https://fcm.googleapis.com${path}`))?.url;
      assert.equal(url?.origin, 'https://127.0.0.1:5002', path);
      assert.ok(url?.pathname.startsWith('/abroad/'), path);
    }
  });

  it('take their own endpoints as they are', () => {
    assert.equal(led('https://127.0.0.1:5001/wpush/v2/x'), 'mozilla https://127.0.0.1:5001/wpush/v2/x');
  });

  it('are all there is: a service without one is nobody’s', () => {
    for (const endpoint of [
      'https://web.push.apple.com/x',
      'https://127.0.0.1:5003/x',
      'https://wns2.notify.windows.com/',
    ]) {
      assert.equal(led(endpoint), undefined, endpoint);
    }
    assert.equal(pushServices([], {})(new URL('https://fcm.googleapis.com/x')), undefined);
  });
});
