import assert from 'node:assert/strict';
import { apnsKind } from '../../../../providers/apns/kind.js';
import { isPreviewable, type Message } from '../../../../providers/contract.js';

const message: Message = {
  id: 'msg_1',
  app: 'shop',
  notification: { title: 'Paid' },
  ttlSeconds: 60,
  priority: 'high',
};

describe('what APNs would be sent', () => {
  it('is shown as header fields and readable payload, without address or credential', () => {
    assert.ok(isPreviewable(apnsKind));
    assert.deepEqual(apnsKind.preview(message, 'alert', 1_000_000), {
      headers: {
        'apns-push-type': 'alert',
        'apns-priority': '10',
        'apns-expiration': '1060',
        'apns-collapse-id': 'msg_1',
      },
      payload: { aps: { alert: { title: 'Paid' } }, pealbell: { id: 'msg_1' } },
    });
  });

  it('is nothing where the message does not fit', () => {
    const large = { ...message, notification: { body: 'x'.repeat(5_000) } };
    assert.equal(apnsKind.preview(large, 'alert', 0), undefined);
  });

  it('is an ability that other kinds need not have', () => {
    const { preview, ...other } = apnsKind;
    assert.equal(isPreviewable(other), false);
    assert.equal(isPreviewable({ ...other, preview: 'text' }), false);
  });
});
