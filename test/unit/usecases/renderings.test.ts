import assert from 'node:assert/strict';
import type { Misfit, PushToken } from '../../../providers/contract.js';
import type { AudienceMember } from '../../../src/domain/audience.js';
import { isGatewayError } from '../../../src/domain/errors.js';
import { checkDraft } from '../../../src/usecases/check-draft.js';
import type { MessageDraft } from '../../../src/usecases/message-draft.js';
import type { ConfiguredProvider } from '../../../src/usecases/provider-directory.js';
import { localize, renderingsOf } from '../../../src/usecases/renderings.js';

const member = (device: string): AudienceMember => ({ device, user: null, platform: 'ios', providers: [] });

describe('the languages of a message', () => {
  it('are chosen by the device’s locale, else its user’s, else not at all', async () => {
    const spoken = new Map([
      ['shop|d1', { device: 'zh-Hans-CN', user: 'fr' }],
      ['shop|d2', { device: 'de', user: 'fr-CH' }],
      ['shop|d3', { device: 'de' }],
    ]);
    const members = ['d1', 'd2', 'd3', 'd4'].map(member);
    const locales = { 'zh-Hans': { title: '你好' }, fr: { title: 'Salut' } };
    const chosen = await renderingsOf({ locales: async () => spoken }, 'shop', members, locales);
    assert.deepEqual(
      [...chosen],
      [
        ['d1', 'zh-Hans'],
        ['d2', 'fr'],
      ],
    );
  });

  it('cost a message without any nothing', async () => {
    const ask = () => Promise.reject(new Error('nothing is to be asked'));
    assert.equal((await renderingsOf({ locales: ask }, 'shop', [member('d1')], undefined)).size, 0);
  });

  it('stand in place of the fields they name, one by one', () => {
    const base = { title: 'Hi', body: 'there', badge: 3 };
    const locales = { fr: { title: 'Salut' } };
    assert.deepEqual(localize(base, locales, 'fr'), { title: 'Salut', body: 'there', badge: 3 });
    assert.deepEqual(localize(base, locales, null), base);
    assert.deepEqual(localize(base, locales, 'gone'), base);
  });
});

describe('the check of every rendering', () => {
  const draft: MessageDraft = {
    app: 'shop',
    fingerprint: '',
    to: { users: ['a'], devices: [], pushTokens: [], everyone: false },
    exceptUsers: [],
    exceptDevices: [],
    overrides: {},
    notification: { title: 'short', badge: 1 },
    locales: { fr: { title: 'far too long' }, 'zh-CN': { body: '短' } },
  };

  function faultsWith(check: ConfiguredProvider['check']): string[] {
    const provider: ConfiguredProvider = {
      name: 'apns',
      kind: 'apns',
      nativeFor: [],
      limits: { batchTargetsMax: 1, payloadBytesMax: 1, ttlSecondsMax: 1 },
      check,
      parsePushToken: (raw) => String(raw) as PushToken,
    };
    const providers = {
      ...{
        hasApp: () => true,
        apps: () => ['shop'],
        configured: () => [provider],
        channels: () => [],
        routes: () => [],
      },
      open: () => undefined,
    };
    const hasher = { pushToken: () => '', serverKey: () => '', callback: () => '' };
    try {
      const { warnings } = checkDraft({ providers, hasher }, draft);
      return warnings.map(({ code, detail }) => `warning ${code} ${detail}`);
    } catch (error) {
      if (!isGatewayError(error)) throw error;
      return error.faults.map(({ pointer, code }) => `${pointer} ${code}`);
    }
  }
  const error = (code: string, pointer?: string): Misfit => ({
    severity: 'error',
    code,
    detail: code,
    ...(pointer === undefined ? {} : { pointer }),
  });

  it('points into the locale that says what is wrong', () => {
    const found = faultsWith(({ notification }) =>
      (notification?.title?.length ?? 0) > 8 ? [error('title_long', '/notification/title'), error('too_large')] : [],
    );
    assert.deepEqual(found, ['/notification/locales/fr/title title_long', '/notification/locales/fr too_large']);
  });

  it('tells once what is wrong with all of them, and where it stands', () => {
    const found = faultsWith(({ notification }) => [
      error('badge', '/notification/badge'),
      error('data', '/data/x'),
      ...(notification?.body === undefined ? [] : [error('badge_with_body', '/notification/badge')]),
    ]);
    assert.deepEqual(found, ['/notification/badge badge', '/data/x data', '/notification/badge badge_with_body']);
  });

  it('names the language of a warning', () => {
    const found = faultsWith(({ notification }) =>
      notification?.body === undefined ? [] : [{ severity: 'warning', code: 'body_truncated', detail: 'it is cut' }],
    );
    assert.deepEqual(found, ['warning body_truncated zh-CN: it is cut']);
  });
});
