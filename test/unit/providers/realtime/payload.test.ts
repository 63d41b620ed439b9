import assert from 'node:assert/strict';
import type { Message } from '../../../../providers/contract.js';
import { realtimeKind } from '../../../../providers/realtime/kind.js';
import { BODY_BYTES_MAX, compile } from '../../../../providers/realtime/payload.js';

const message: Message = {
  id: 'msg_1',
  app: 'shop',
  ttlSeconds: 60,
  expiresAt: Date.UTC(2030, 0, 1),
  priority: 'high',
};
const bodyOf = (change: Partial<Message>) => JSON.parse(compile({ ...message, ...change }).body ?? 'null') as unknown;

describe('what a push frame says', () => {
  it('is the message in the words of the API, with the tag that later ones replace it by', () => {
    const notification = {
      title: 'Paid',
      body: 'Thanks',
      image: 'https://shop.example/1.png',
      media: [{ url: 'https://shop.example/1.mp4', type: 'video' as const }],
      sound: 'ping',
      badge: 2,
      click: { url: 'https://shop.example/1', deepLink: 'shop://1' },
      actions: [{ id: 'track', title: 'Track' }],
      thread: 'orders',
    };
    assert.deepEqual(bodyOf({ notification, data: { order: '1' }, collapseKey: 'order-1' }), {
      id: 'msg_1',
      tag: 'order-1',
      notification: { ...notification, click: { url: 'https://shop.example/1', deep_link: 'shop://1' } },
      data: { order: '1' },
      expires_at: '2030-01-01T00:00:00.000Z',
    });
  });

  it('has the message’s id for a tag where nothing collapses, and leaves out what there is not', () => {
    assert.deepEqual(bodyOf({ data: { a: '1' } }), {
      id: 'msg_1',
      tag: 'msg_1',
      data: { a: '1' },
      expires_at: '2030-01-01T00:00:00.000Z',
    });
  });

  it('is the same at every attempt, whatever time and channel are by then', () => {
    const first = compile({ ...message, notification: { title: 'Hi' } });
    const later = compile({
      ...message,
      notification: { title: 'Hi' },
      ttlSeconds: 3,
      channel: { name: 'orders', sound: 'new' },
      priority: 'low',
    });
    assert.equal(first.body, later.body);
  });

  it('takes a merge patch, but not on what a device knows the message by', () => {
    const override = { notification: { subtitle: 'of today' }, data: null, more: { deep: [1] } };
    assert.deepEqual(bodyOf({ notification: { title: 'Hi' }, data: { a: '1' }, override }), {
      id: 'msg_1',
      tag: 'msg_1',
      notification: { title: 'Hi', subtitle: 'of today' },
      more: { deep: [1] },
      expires_at: '2030-01-01T00:00:00.000Z',
    });
    for (const key of ['t', 'seq', 'id', 'cursor', 'tag', 'show', 'expires_at']) {
      const [misfit, ...others] = compile({ ...message, override: { [key]: 'mine' } }).misfits;
      assert.deepEqual([misfit?.code, misfit?.pointer], ['override_refused', `/overrides/realtime/${key}`]);
      assert.deepEqual(others, []);
    }
    const [misfit] = compile({ ...message, override: { data: 'text' } }).misfits;
    assert.equal(misfit?.code, 'override_invalid');
  });

  it('fits up to 32 KiB, and not a byte more', () => {
    const empty = Buffer.byteLength(compile({ ...message, data: { a: '' } }).body ?? '');
    const full = { a: 'x'.repeat(BODY_BYTES_MAX - empty) };
    assert.deepEqual(realtimeKind.check({ ...message, data: full }), []);
    const [misfit] = realtimeKind.check({ ...message, data: { a: `${full.a}x` } });
    assert.equal(misfit?.code, 'payload_too_large');
    assert.match(misfit?.detail ?? '', /has 32769 bytes of JSON; a connection takes 32768$/);
  });

  it('is previewed as the frame, without what belongs to one connection', () => {
    assert.deepEqual(realtimeKind.preview({ ...message, notification: { title: 'Hi' } }, 'alert', 0), {
      t: 'push',
      show: true,
      id: 'msg_1',
      tag: 'msg_1',
      notification: { title: 'Hi' },
      expires_at: '2030-01-01T00:00:00.000Z',
    });
    assert.equal(realtimeKind.preview({ ...message, data: { a: 'x'.repeat(40_000) } }, 'alert', 0), undefined);
  });
});
