import assert from 'node:assert/strict';
import type { Message } from '../../../providers/contract.js';
import { fcmKind } from '../../../providers/fcm/kind.js';
import { webpushKind } from '../../../providers/webpush/kind.js';

const message: Message = {
  id: 'msg_1',
  app: 'shop',
  notification: { title: 'Paid' },
  data: { tag: 'mine' },
  ttlSeconds: 60,
  priority: 'high',
};
const large = { ...message, notification: { body: 'x'.repeat(5_000) } };

describe('what FCM would be sent', () => {
  it('is shown as the body of the call, without address and ids', () => {
    const { message: shown } = fcmKind.preview(message, 'alert', 1_000_000) as { message: Record<string, unknown> };
    assert.deepEqual(shown.notification, { title: 'Paid' });
    assert.deepEqual(shown.data, { tag: 'mine', pealbell: '{"id":"msg_1"}' });
    assert.equal((shown.android as { ttl: string }).ttl, '60s');
    assert.equal('token' in shown, false);
    assert.doesNotMatch(JSON.stringify(shown), /-5000-8000-/);
  });

  it('is nothing where the message does not fit', () => {
    assert.equal(fcmKind.preview(large, 'alert', 0), undefined);
  });
});

describe('what a browser would be sent', () => {
  const headers = {
    ttl: '60',
    urgency: 'high',
    'content-encoding': 'aes128gcm',
    'content-type': 'application/octet-stream',
  };

  it('is shown as header fields and what it decrypts, with the tag it is known by on the screen', () => {
    assert.deepEqual(webpushKind.preview(message, 'alert', 0), {
      headers,
      payload: { pealbell: { tag: 'msg_1', id: 'msg_1' }, notification: { title: 'Paid' }, data: { tag: 'mine' } },
    });
  });

  it('has the collapse key as tag, and its hash as topic', () => {
    const shown = webpushKind.preview({ ...message, collapseKey: 'order-1' }, 'alert', 0) as {
      headers: Record<string, string>;
      payload: { pealbell: unknown };
    };
    assert.match(shown.headers.topic ?? '', /^[\w-]{32}$/);
    assert.deepEqual(shown.payload.pealbell, { tag: 'order-1', id: 'msg_1' });
  });

  it('is nothing where the message does not fit', () => {
    assert.equal(webpushKind.preview(large, 'alert', 0), undefined);
  });
});
