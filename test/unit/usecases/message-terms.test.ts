import assert from 'node:assert/strict';
import { toMessage } from '../../../src/usecases/check-draft.js';
import type { MessageDraft } from '../../../src/usecases/message-draft.js';
import { termsOf } from '../../../src/usecases/message-terms.js';

const draft: MessageDraft = {
  app: 'shop',
  fingerprint: '',
  to: { users: ['alice'], devices: [], pushTokens: [], everyone: false },
  exceptUsers: [],
  exceptDevices: [],
  overrides: {},
};
const channel = { name: 'promo', class: 'marketing', ttlSeconds: 60, priority: 'low', settings: {} } as const;

const route = { steps: [{ via: 'native' }] };
const none = { channel: undefined, route };

describe('the terms of a message', () => {
  it('are the house’s where nobody says anything', () => {
    const { lane, terms } = termsOf(draft, none);
    assert.deepEqual(
      [lane, terms.ttlSeconds, terms.priority, terms.channel],
      ['transactional', 86_400, 'high', undefined],
    );
    const filter = { kind: 'test', attr: { kind: 'text', field: 'user.id' }, op: 'exists', value: true } as const;
    for (const broad of [{ everyone: true }, { topics: ['news'] }, { filter }]) {
      const { lane, terms } = termsOf({ ...draft, to: { ...draft.to, ...broad } }, none);
      assert.deepEqual([lane, terms.priority], ['marketing', 'normal']);
    }
  });

  it('are the channel’s where the message says nothing', () => {
    const { lane, terms } = termsOf({ ...draft, channel: 'promo' }, { channel, route });
    assert.deepEqual([lane, terms.ttlSeconds, terms.priority, terms.channel], ['marketing', 60, 'low', 'promo']);
    assert.equal(terms.isPriorityOwn, undefined);
  });

  it('are the message’s own before all', () => {
    const own = { ...draft, channel: 'promo', class: 'transactional', ttlSeconds: 0, priority: 'normal' } as const;
    const { lane, terms } = termsOf(own, { channel, route });
    assert.deepEqual([lane, terms.ttlSeconds, terms.priority], ['transactional', 0, 'normal']);
    assert.equal(terms.isPriorityOwn, true, 'so that it goes before what the channel says to a vendor');
  });

  it('are what a provider is asked about before anything is accepted, the class too', () => {
    const provider = {
      ...{ name: 'vivo', kind: 'vivo', nativeFor: [], check: () => [] },
      limits: { batchTargetsMax: 1, payloadBytesMax: 1, ttlSecondsMax: 1 },
      parsePushToken: () => assert.fail(),
    };
    const { class: named, priority, ttlSeconds } = toMessage(draft, provider, none, null);
    assert.deepEqual([named, priority, ttlSeconds], ['transactional', 'high', 86_400]);
    const marketing = toMessage({ ...draft, channel: 'promo' }, provider, { channel, route }, null);
    assert.deepEqual([marketing.class, marketing.priority], ['marketing', 'low']);
  });
});
