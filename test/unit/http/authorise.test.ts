import assert from 'node:assert/strict';
import { authorise, requireScopes } from '../../../src/http/authenticate.js';
import { Refusal } from '../../../src/http/refusal.js';
import type { Scope } from '../../../src/ports/key-store.js';

const apps = { hasApp: (app: string) => app === 'shop' || app === 'news', appNames: () => ['shop', 'news'] };
const principal = (app: string | null, ...scopes: Scope[]) => ({
  ...{ keyId: 'key_1', app, isTest: false },
  scopes: new Set(scopes),
});

function refusal(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error;
  }
  return assert.fail('allowed');
}

describe('authorisation', () => {
  it('lets a bound key act for its app, whether the app is named or not', () => {
    const bound = principal('shop', 'messages:read');
    assert.equal(authorise(apps, bound, undefined, ['messages:read']).app, 'shop');
    assert.equal(authorise(apps, bound, 'shop', ['messages:read']).app, 'shop');
  });

  it('keeps a bound key from another app whatever its scopes', () => {
    const bound = principal('shop', 'messages:read', 'admin');
    assert.equal(refusal(() => authorise(apps, bound, 'news', ['messages:read'])).code, 'app_mismatch');
  });

  it('makes an unbound key name its app', () => {
    const unbound = principal(null, 'messages:read');
    assert.equal(authorise(apps, unbound, 'news', ['messages:read']).app, 'news');
    assert.equal(refusal(() => authorise(apps, unbound, undefined, ['messages:read'])).code, 'app_required');
  });

  it('suggests the app that was probably meant', () => {
    const unknown = refusal(() => authorise(apps, principal(null, 'messages:read'), 'shopp', ['messages:read']));
    assert.equal(unknown.code, 'app_not_found');
    assert.match(unknown.message, /did you mean 'shop'\?/);
  });

  it('refuses a bound key whose app is gone', () => {
    assert.equal(
      refusal(() => authorise(apps, principal('gone', 'admin'), undefined, ['admin'])).code,
      'app_not_found',
    );
  });

  it('takes any one of the scopes, and names those that would do', () => {
    const sender = principal('shop', 'messages:send');
    assert.ok(authorise(apps, sender, undefined, ['messages:send', 'messages:broadcast']));
    const reader = refusal(() =>
      authorise(apps, principal('shop', 'messages:read'), undefined, ['messages:send', 'messages:broadcast']),
    );
    assert.equal(reader.code, 'missing_scope');
    assert.match(reader.message, /'messages:send' or 'messages:broadcast'/);
    assert.match(String(reader.headers['WWW-Authenticate']), /scope="messages:send messages:broadcast"/);
  });

  it('does not let one scope stand for another', () => {
    const admin = principal('shop', 'admin');
    assert.equal(refusal(() => authorise(apps, admin, undefined, ['devices:write'])).code, 'missing_scope');
  });

  it('asks for every scope where a call needs several', () => {
    const caller = authorise(apps, principal('shop', 'messages:send'), undefined, ['messages:send']);
    requireScopes(caller, ['messages:send']);
    const refused = refusal(() => requireScopes(caller, ['messages:send', 'messages:broadcast']));
    assert.match(refused.message, /'messages:broadcast'$/);
  });

  describe('of test keys', () => {
    const inTwin = {
      ...apps,
      hasApp: (app: string) => apps.hasApp(app) || app === 'shop:test',
      testKeys: () => 'on' as const,
    };
    const test = (app: string | null) => ({ ...principal(app, 'messages:read'), isTest: true });

    it('leads to the twin of their app, bound or named', () => {
      assert.equal(authorise(inTwin, test('shop'), undefined, ['messages:read']).app, 'shop:test');
      assert.equal(authorise(inTwin, test('shop'), 'shop', ['messages:read']).app, 'shop:test');
      assert.equal(authorise(inTwin, test(null), 'shop', ['messages:read']).app, 'shop:test');
      assert.equal(refusal(() => authorise(inTwin, test('shop'), 'news', ['messages:read'])).code, 'app_mismatch');
    });

    it('is refused where there are no simulators, or none for now', () => {
      for (const [state, code] of [
        ['off', 'test_keys_off'],
        ['unreachable', 'simulators_unreachable'],
      ] as const) {
        const there = { ...apps, testKeys: () => state };
        assert.equal(refusal(() => authorise(there, test('shop'), undefined, ['messages:read'])).code, code);
      }
      assert.equal(refusal(() => authorise(apps, test('shop'), undefined, ['messages:read'])).code, 'test_keys_off');
    });

    it('says nothing of the twin to any other key: nobody enters it by its name', () => {
      for (const one of [principal(null, 'messages:read'), test(null)]) {
        assert.equal(refusal(() => authorise(inTwin, one, 'shop:test', ['messages:read'])).code, 'app_not_found');
      }
    });
  });
});
