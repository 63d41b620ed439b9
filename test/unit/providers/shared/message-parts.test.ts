import assert from 'node:assert/strict';
import type { Message } from '../../../../providers/contract.js';
import { appData, cutText, intentOf } from '../../../../providers/shared/message-parts.js';

const message: Message = { id: 'msg_1', app: 'shop', ttlSeconds: 60, priority: 'normal' };

describe('what goes to the app', () => {
  it('is its data and whose message it is', () => {
    assert.deepEqual(appData({ ...message, data: { order: '7' } }), { order: '7', pealbell: '{"id":"msg_1"}' });
  });

  it('names what a tap opens and what is to be fetched', () => {
    const notification = {
      title: 'Hi',
      image: 'https://shop.example/a.png',
      media: [{ url: 'https://shop.example/b.mp4', type: 'video' as const }],
      click: { url: 'https://shop.example/7', deepLink: 'shop://orders/7' },
    };
    assert.deepEqual(JSON.parse(appData({ ...message, notification }).pealbell ?? ''), {
      id: 'msg_1',
      click: { url: 'https://shop.example/7', deep_link: 'shop://orders/7' },
      media: [
        { url: 'https://shop.example/a.png', type: 'image' },
        { url: 'https://shop.example/b.mp4', type: 'video' },
      ],
    });
  });

  it('says nothing of a click that opens nothing', () => {
    assert.deepEqual(appData({ ...message, notification: { title: 'Hi', click: {} } }), { pealbell: '{"id":"msg_1"}' });
  });
});

describe('a text that is too long', () => {
  it('is cut between code points', () => {
    assert.equal(cutText('abc', 3), 'abc');
    assert.equal(cutText('abcd', 3), 'abc');
    assert.equal(cutText('🔔🔔🔔', 3), '🔔🔔🔔');
    assert.equal(cutText('🔔🔔🔔🔔', 3), '🔔🔔🔔');
  });
});

describe('a deep link as intent text', () => {
  for (const [link, intent] of [
    ['shop://orders/7?a=b', 'intent://orders/7?a=b#Intent;scheme=shop;launchFlags=0x4000000;end'],
    ['mailto:ops@shop.example', undefined],
    ['shop://a b', undefined],
    ['', undefined],
  ] as const) {
    it(`${JSON.stringify(link)} becomes ${intent ?? 'none'}`, () => assert.equal(intentOf(link), intent));
  }
});
