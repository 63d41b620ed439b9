import assert from 'node:assert/strict';
import { createHmac, randomBytes, sign } from 'node:crypto';
import type { RealtimeSettings } from '../../../src/domain/realtime.js';
import type { Refused } from '../../../src/usecases/access-tokens.js';
import {
  encode,
  goodClaims,
  newSigningKey,
  type SigningKey,
  signAccess,
  signText,
} from '../../support/access-token.js';
import { configured, NOW, openAccess, realtimeSettings } from './scene.js';

const HS: SigningKey = { algorithm: 'HS256', secret: 'a secret of the shop’s own server, long enough' };
const ES = newSigningKey('ES256');
const ED = newSigningKey('EdDSA');
const STRANGER = newSigningKey('ES256');
const SECONDS = NOW / 1_000;

describe('access tokens', () => {
  const settings: { current: RealtimeSettings | undefined } = { current: undefined };
  const { tokens, issuer, isRevoked } = openAccess(settings);
  beforeEach(() => {
    settings.current = realtimeSettings({
      keys: [configured(HS, 'hs'), configured(ES, 'es'), configured(ED, 'ed')],
    });
    isRevoked.current = () => false;
  });
  const claims = (change: Readonly<Record<string, unknown>> = {}) => goodClaims(NOW, change);

  for (const [kid, key] of Object.entries({ hs: HS, es: ES, ed: ED })) {
    it(`of ${key.algorithm} say who, for which app, and for how long`, async () => {
      const token = signAccess(key, claims({ jti: 't1', scope: 'events  receive', exp: SECONDS + 60 }), { kid });
      assert.deepEqual(await tokens.verify(token, NOW), {
        kind: 'access',
        app: 'shop',
        device: 'phone1',
        user: 'alice',
        scopes: new Set(['receive', 'events']),
        issuedAt: NOW,
        expiresAt: NOW + 60_000,
        jti: 't1',
        keyId: configured(key).id,
      });
      const unnamed = await tokens.verify(signAccess(key, claims({ sub: undefined })), NOW);
      assert.ok(unnamed.kind === 'access' && unnamed.user === null && unnamed.jti === undefined);
    });
  }

  describe('are refused', () => {
    const es = (change: Readonly<Record<string, unknown>>, header = {}) => signAccess(ES, claims(change), header);
    const withSignature = (token: string, signature: string) =>
      `${token.slice(0, token.lastIndexOf('.'))}.${signature}`;
    const good = es({});
    const [header = '', payload = '', signature = ''] = good.split('.');
    /** HS256 with the bytes of a public key as its secret, which everybody knows. */
    const confused = (secret: string | Buffer, kid?: string) => {
      const text = `${encode({ alg: 'HS256', kid })}.${encode(claims())}`;
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    };
    const cases: readonly [what: string, token: () => string, detail: RegExp, code?: Refused['code']][] = [
      ['nothing', () => '', /no signed JWT/],
      ['text that is none', () => 'hello', /no signed JWT/],
      ['two parts', () => `${header}.${payload}`, /no signed JWT/],
      ['four parts', () => `${good}.${signature}`, /no signed JWT/],
      ['padding', () => `${header}=.${payload}.${signature}`, /no signed JWT/],
      ['an empty signature', () => withSignature(good, ''), /no signed JWT/],
      ['a line end after it', () => `${good}\n`, /no signed JWT/],
      ['more than 8 KB', () => es({ extra: 'x'.repeat(8_192) }), /longer than 8 KB/],
      [
        'a header that is no JSON',
        () => signText(ES, `${Buffer.from('{').toString('base64url')}.${payload}`),
        /cannot be read/,
      ],
      [
        'claims that are a list',
        () => signText(ES, `${header}.${Buffer.from('[1]').toString('base64url')}`),
        /cannot be read/,
      ],
      [
        'claims that are not UTF-8',
        () => signText(ES, `${header}.${Buffer.from([0x7b, 0xff]).toString('base64url')}`),
        /cannot be read/,
      ],
      ['alg none', () => `${encode({ alg: 'none' })}.${payload}.${signature}`, /alg` must be one of/],
      ['alg none in other letters', () => `${encode({ alg: 'nOnE' })}.${payload}.${signature}`, /alg` must be one of/],
      ['no alg', () => es({}, { alg: undefined }), /alg` must be one of/],
      [
        'RS256',
        () => `${encode({ alg: 'RS256' })}.${payload}.${randomBytes(256).toString('base64url')}`,
        /alg` must be one of/,
      ],
      ['HS512', () => es({}, { alg: 'HS512' }), /alg` must be one of/],
      [
        'HS256 with the PEM of a public key',
        () => confused(ES.publicPem, 'es'),
        /does not fit the key, which is for ES256/,
      ],
      ['HS256 with the PEM of a public key, unnamed', () => confused(ES.publicPem), /signature/],
      [
        'HS256 with the bytes of a public key',
        () => confused(ED.publicKey.export({ type: 'spki', format: 'der' }), 'ed'),
        /does not fit the key, which is for EdDSA/,
      ],
      ['ES256 with the name of a secret', () => es({}, { kid: 'hs' }), /which is for HS256/],
      ['EdDSA with the name of a P-256 key', () => signAccess(ED, claims(), { kid: 'es' }), /which is for ES256/],
      ['crit', () => es({}, { crit: ['exp'], exp: 1 }), /`crit`/],
      ['crit of b64', () => es({}, { crit: ['b64'], b64: true }), /`crit`/],
      ['an empty crit', () => es({}, { crit: [] }), /`crit`/],
      ['a kid that is a number', () => es({}, { kid: 7 }), /`kid` is not text/],
      ['a kid that nobody has', () => es({}, { kid: 'other' }), /`kid` names no key/],
      [
        'the kid of a gateway key',
        () => signAccess(HS, claims({ iss: 'pealbell' }), { kid: 'pealbell-k1' }),
        /signature/,
      ],
      [
        'the kid of a gateway key that is gone',
        () => signAccess(HS, claims(), { kid: 'pealbell-k0' }),
        /not here any more/,
      ],
      ['a key that nobody configured', () => signAccess(STRANGER, claims()), /signature/],
      ['the signature of other claims', () => withSignature(good, es({ sub: 'bob' }).split('.')[2] ?? ''), /signature/],
      ['changed claims', () => `${header}.${encode(claims({ sub: 'bob' }))}.${signature}`, /signature/],
      ['a signature in DER', () => signedInDer(), /signature/],
      ['a cut signature', () => good.slice(0, -4), /signature/],
      ['no iss', () => es({ iss: undefined }), /`iss` must be 'shop'|`iss` is missing/],
      ['another iss', () => es({ iss: 'shop2' }), /`iss` must be 'shop'/],
      ['the gateway’s iss', () => es({ iss: 'pealbell' }), /`iss` must be 'shop'/],
      ['an iss that is a list', () => es({ iss: ['shop'] }), /`iss` must be 'shop'/],
      ['no aud', () => es({ aud: undefined }), /`aud` must be the id of one app/],
      ['two in aud', () => es({ aud: ['shop', 'other'] }), /`aud` must be the id of one app/],
      ['the aud of an app without realtime', () => es({ aud: 'other' }), /no app that has realtime/, 'no_realtime'],
      ['no exp', () => es({ exp: undefined }), /`exp`/],
      ['an exp that is text', () => es({ exp: String(SECONDS + 60) }), /`exp`/],
      ['an exp in milliseconds', () => es({ exp: NOW + 60_000 }), /longer than 24 h/],
      ['an exp beyond all numbers', () => rawClaims('"exp":1e999'), /`exp`/],
      ['an exp that has passed', () => es({ iat: SECONDS - 60, exp: SECONDS - 30 }), /time is up/, 'token_expired'],
      ['an exp before iat', () => es({ iat: SECONDS + 20, exp: SECONDS + 10 }), /not after `iat`/],
      ['more than a day', () => es({ exp: SECONDS + 86_401 }), /longer than 24 h/],
      ['no iat', () => es({ iat: undefined }), /`iat`/],
      ['an iat that is text', () => es({ iat: 'now' }), /`iat`/],
      ['an iat before 1970', () => es({ iat: -5, exp: SECONDS + 5 }), /before 1970/],
      ['an iat in the future', () => es({ iat: SECONDS + 31 }), /in the future/],
      ['an iat in milliseconds', () => es({ iat: NOW, exp: NOW + 5 }), /in the future/],
      ['an nbf in the future', () => es({ nbf: SECONDS + 31 }), /not come yet/],
      ['an nbf that is text', () => es({ nbf: 'soon' }), /`nbf`/],
      ['no device', () => es({ device: undefined }), /`device`/],
      ['a device that is a number', () => es({ device: 5 }), /`device`/],
      ['a device id that is none', () => es({ device: 'a b' }), /not a device id/],
      ['a device id that is too long', () => es({ device: 'x'.repeat(129) }), /not a device id/],
      ['a device id with a line end', () => es({ device: 'phone\n' }), /not a device id/],
      ['a device id that is a word of the API', () => es({ device: 'me' }), /not a device id/],
      ['an empty sub', () => es({ sub: '' }), /`sub`/],
      ['a sub that is null', () => es({ sub: null }), /`sub`/],
      ['a sub that is a number', () => es({ sub: 5 }), /`sub`/],
      ['a sub that no store takes', () => es({ sub: 'a\u0000b' }), /`sub`/],
      ['a sub with half a character', () => rawClaims('"sub":"\\ud800"'), /`sub`/],
      ['a sub that is too long', () => es({ sub: 'x'.repeat(257) }), /`sub`/],
      ['a jti that is a number', () => es({ jti: 5 }), /`jti`/],
      ['a jti that is too long', () => es({ jti: 'x'.repeat(129) }), /`jti`/],
      ['no scope', () => es({ scope: undefined }), /`scope`/],
      ['an empty scope', () => es({ scope: ' ' }), /`scope`/],
      ['a scope that is a list', () => es({ scope: ['receive'] }), /`scope`/],
      ['a scope of server keys', () => es({ scope: 'receive messages:send' }), /`scope`/],
    ];
    function signedInDer(): string {
      const text = `${header}.${payload}`;
      return `${text}.${sign('sha256', Buffer.from(text), ES.privateKey).toString('base64url')}`;
    }
    /** What `JSON.stringify` would never write, after all the rest. */
    function rawClaims(member: string): string {
      const text = `${JSON.stringify(claims()).slice(0, -1)},${member}}`;
      return signText(ES, `${header}.${Buffer.from(text).toString('base64url')}`);
    }

    it('never without one of these mutations', async () => {
      assert.equal((await tokens.verify(good, NOW)).kind, 'access');
    });
    for (const [what, token, detail, code = 'token_refused'] of cases) {
      it(`with ${what}`, async () => {
        const answer = await tokens.verify(token(), NOW);
        assert.ok(answer.kind === 'refused', 'it was taken');
        assert.equal(answer.code, code);
        assert.match(answer.detail, detail);
      });
    }
  });

  it('are good for 30 s on either side, as clocks go, and not a second longer', async () => {
    const kinds = async (change: Readonly<Record<string, unknown>>) => {
      const answer = await tokens.verify(signAccess(ES, claims(change)), NOW);
      return answer.kind === 'access' ? 'access' : answer.code;
    };
    assert.equal(await kinds({ iat: SECONDS - 60, exp: SECONDS - 29 }), 'access');
    assert.equal(await kinds({ iat: SECONDS - 60, exp: SECONDS - 30 }), 'token_expired');
    assert.equal(await kinds({ iat: SECONDS + 30 }), 'access');
    assert.equal(await kinds({ nbf: SECONDS + 30 }), 'access');
    assert.equal(await kinds({ exp: SECONDS + 86_400 }), 'access');
    const token = await tokens.verify(signAccess(ES, claims({ exp: SECONDS + 60 })), NOW);
    assert.ok(token.kind === 'access');
    assert.equal(tokens.check(token, NOW + 89_999), undefined);
    assert.equal(tokens.check(token, NOW + 90_000)?.code, 'token_expired');
  });

  it('may name their app in a list of one', async () => {
    assert.equal((await tokens.verify(signAccess(ES, claims({ aud: ['shop'] })), NOW)).kind, 'access');
  });

  it('that name a key go to that one, those that name none to all, and a key without a name takes any', async () => {
    settings.current = realtimeSettings({ keys: [configured(STRANGER), configured(ES, 'es')] });
    const taken = async (key: SigningKey, kid?: string) =>
      (await tokens.verify(signAccess(key, claims(), { kid }), NOW)).kind === 'access';
    assert.equal(await taken(ES, 'es'), true);
    assert.equal(await taken(ES), true);
    assert.equal(await taken(ES, 'other'), false);
    assert.equal(await taken(STRANGER), true);
    assert.equal(await taken(STRANGER, 'other'), true);
    assert.equal(await taken(STRANGER, 'es'), false);
  });

  it('stand no longer than their key, their app’s realtime and nobody’s revocation', async () => {
    const token = signAccess(ES, claims({ jti: 't1' }), { kid: 'es' });
    const access = await tokens.verify(token, NOW);
    assert.ok(access.kind === 'access');
    assert.equal(tokens.check(access, NOW), undefined);
    isRevoked.current = ({ jti }) => jti === 't1';
    const revoked = await tokens.verify(token, NOW);
    assert.ok(revoked.kind === 'refused' && revoked.code === 'access_revoked');
    isRevoked.current = () => false;
    settings.current = realtimeSettings({ keys: [configured(ED, 'es')] });
    assert.equal(tokens.check(access, NOW)?.code, 'access_revoked');
    assert.equal((await tokens.verify(token, NOW)).kind, 'refused');
    settings.current = undefined;
    assert.equal(tokens.check(access, NOW)?.code, 'no_realtime');
    const gone = await tokens.verify(token, NOW);
    assert.ok(gone.kind === 'refused' && gone.code === 'no_realtime');
  });

  it('are made by the gateway for apps without keys, and last as long as was asked', async () => {
    settings.current = { ...realtimeSettings(), issuer: 'shop' };
    const at = NOW + 345;
    const { token, expiresAt } = await issuer.issue(
      { app: 'shop', device: 'phone1', user: null, scopes: ['receive'], ttlMs: 60_000 },
      at,
    );
    assert.equal(expiresAt, NOW + 60_000);
    const access = await tokens.verify(token, at);
    assert.ok(access.kind === 'access');
    assert.deepEqual(
      [access.user, access.device, [...access.scopes], access.issuedAt],
      [null, 'phone1', ['receive'], at],
    );
    assert.ok(access.jti !== undefined && access.keyId.startsWith('pealbell-'));
    assert.equal(tokens.check(access, at), undefined);
    const [header = '', , signature = ''] = token.split('.');
    const forged = `${header}.${encode(claims({ iss: 'pealbell' }))}.${signature}`;
    assert.equal((await tokens.verify(forged, at)).kind, 'refused');
    const twin = await issuer.issue(
      { app: 'shop:test', device: 'd', user: 'u', scopes: ['events'], ttlMs: 60_000 },
      at,
    );
    const inTwin = await tokens.verify(twin.token, at);
    assert.ok(inTwin.kind === 'access' && inTwin.app === 'shop:test');
  });

  it('say what to do where the app has no keys', async () => {
    settings.current = realtimeSettings();
    const answer = await tokens.verify(signAccess(ES, claims()), NOW);
    assert.ok(answer.kind === 'refused' && /realtime\.keys/.test(answer.detail));
  });

  it('that the store cannot be asked about are neither good nor bad', async () => {
    isRevoked.current = () => {
      throw new Error('the store is away');
    };
    await assert.rejects(tokens.verify(signAccess(ES, claims()), NOW), /the store is away/);
  });
});
