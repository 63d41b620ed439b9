import assert from 'node:assert/strict';
import { VapidVerifier } from '../../../../providers/webpush/simulator/vapid.js';
import { createVapidKeys } from '../../../../providers/webpush/simulator.js';
import { type Authorization, HOUR_MS, openRig, type Rig, START_MS } from './simulator-rig.js';

const ORIGIN = 'https://push.example.net';
const SECONDS = START_MS / 1000;

/** RFC 8292 §2.4. */
const RFC_8292 = {
  jwt: 'eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA',
  key: 'BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs',
  expiresAtMs: 1_453_523_768_000,
};

describe('Web Push simulator: VAPID', () => {
  let rig: Rig;
  let verifier: VapidVerifier;

  before(async () => {
    rig = await openRig();
  });
  beforeEach(() => {
    verifier = new VapidVerifier(ORIGIN, false);
  });
  after(() => rig.close());

  /** `ok`, or what is wrong with it. */
  function verdict(authorization: string | undefined, nowMs = START_MS): string {
    const found = verifier.verify(authorization, nowMs);
    return typeof found === 'string' ? found : 'ok';
  }
  const verdictOn = (changes: Authorization): string => verdict(rig.authorization(ORIGIN, changes));

  it('takes the example of RFC 8292 §2.4 on its day, in either order of its parameters', () => {
    const { jwt, key, expiresAtMs } = RFC_8292;
    const found = verifier.verify(`vapid t=${jwt}, k=${key}`, expiresAtMs - 1);
    assert.deepEqual(found, { publicKey: key, expiresAtMs });
    assert.equal(verdict(`vapid k=${key},t=${jwt}`, expiresAtMs - 1), 'ok');
    assert.equal(verdict(`vapid t=${jwt}, k=${key}`, expiresAtMs), 'jwt_expired');
    assert.equal(verdict(`vapid t=${jwt}, k=${key}`, expiresAtMs - 25 * HOUR_MS), 'expiry_too_far');
  });

  it('misses an absent header', () => {
    assert.equal(verdict(undefined), 'no_authorization');
    assert.equal(verdict(''), 'no_authorization');
  });

  for (const [what, header] of [
    ['another scheme', `WebPush ${RFC_8292.jwt}`],
    ['a missing key', `vapid t=${RFC_8292.jwt}`],
    ['a missing JWT', `vapid k=${RFC_8292.key}`],
    ['a parameter that comes twice', `vapid t=${RFC_8292.jwt}, k=${RFC_8292.key}, k=${RFC_8292.key}`],
    ['a parameter it does not know', `vapid t=${RFC_8292.jwt}, k=${RFC_8292.key}, x=1`],
    ['padded base64', `vapid t=${RFC_8292.jwt}, k=${RFC_8292.key}=`],
  ] as const) {
    it(`refuses a header with ${what}`, () => assert.equal(verdict(header), 'bad_authorization'));
  }

  it('refuses a key that is no uncompressed point of 65 bytes on P-256', () => {
    const point = Buffer.from(rig.vapid.publicKey, 'base64url');
    const compressed = Buffer.concat([Buffer.from([2 + ((point[64] ?? 0) & 1)]), point.subarray(1, 33)]);
    const offCurve = Buffer.from(point);
    offCurve[64] = (offCurve[64] ?? 0) ^ 1;
    for (const bytes of [compressed, offCurve, point.subarray(0, 64), Buffer.concat([point, Buffer.from([0])])]) {
      assert.equal(verdictOn({ k: bytes.toString('base64url') }), 'bad_key');
    }
  });

  it('refuses a JWT that another key signed, and one that was changed', () => {
    assert.equal(verdictOn({ k: createVapidKeys().publicKey }), 'bad_jwt');
    const [head, claims, rest] = rig.authorization(ORIGIN).split('.');
    const other = Buffer.from(JSON.stringify({ aud: ORIGIN, exp: SECONDS + 60, sub: 'mailto:eve@example.com' }));
    assert.equal(verdict([head, claims, rest].join('.')), 'ok');
    assert.equal(verdict([head, other.toString('base64url'), rest].join('.')), 'bad_jwt');
  });
  it('refuses a JWT that is malformed', () => {
    for (const jwt of ['x', 'a.b', 'a.b.c', 'a.b.c.d', `${RFC_8292.jwt}.x`, '..']) {
      assert.equal(verdict(`vapid t=${jwt}, k=${RFC_8292.key}`), 'bad_jwt');
    }
  });
  it('refuses every algorithm but ES256', () => {
    for (const alg of ['none', 'HS256', 'RS256', 'es256', undefined]) {
      assert.equal(verdictOn({ header: { alg } }), 'bad_jwt');
    }
    assert.equal(verdictOn({ header: { typ: 'JWE' } }), 'bad_jwt');
  });
  it('refuses an audience that is not its origin to the letter', () => {
    for (const aud of [
      `${ORIGIN}/`,
      `${ORIGIN}:443`,
      'https://push.example.com',
      'push.example.net',
      undefined,
      [ORIGIN],
    ]) {
      assert.equal(verdictOn({ claims: { aud } }), 'bad_audience');
    }
  });
  it('wants an expiry that is a number', () => {
    for (const exp of [undefined, String(SECONDS + 60), null])
      assert.equal(verdictOn({ claims: { exp } }), 'no_expiry');
  });
  it('takes an expiry from now to 24 hours ahead, and nothing beyond', () => {
    assert.equal(verdictOn({ claims: { exp: SECONDS } }), 'jwt_expired');
    assert.equal(verdictOn({ claims: { exp: SECONDS + 1 } }), 'ok');
    assert.equal(verdictOn({ claims: { exp: SECONDS + 86_400 } }), 'ok');
    assert.equal(verdictOn({ claims: { exp: SECONDS + 86_401 } }), 'expiry_too_far');
  });
  it('lets a JWT it knows expire all the same', () => {
    const authorization = rig.authorization(ORIGIN);
    assert.equal(verdict(authorization), 'ok');
    assert.equal(verdict(authorization, START_MS + 12 * HOUR_MS - 1), 'ok');
    assert.equal(verdict(authorization, START_MS + 12 * HOUR_MS), 'jwt_expired');
  });
  it('wants a contact that is a mailto: or an https: URL', () => {
    for (const sub of [undefined, '', 'ops@example.com', 'mailto:', 'mailto:ops', 'http://example.com', 'tel:+1', 7]) {
      assert.equal(verdictOn({ claims: { sub } }), 'bad_subject', String(sub));
    }
    for (const sub of ['mailto:ops@example.com', 'https://example.com/contact', 'mailto:ops@localhost']) {
      assert.equal(verdictOn({ claims: { sub } }), 'ok', sub);
    }
  });
  it('takes no contact at localhost where the service takes none', () => {
    verifier = new VapidVerifier(ORIGIN, true);
    for (const sub of ['mailto:ops@localhost', 'https://localhost', 'https://localhost:8080/x']) {
      assert.equal(verdictOn({ claims: { sub } }), 'bad_subject', sub);
    }
    assert.equal(verdictOn({}), 'ok');
  });

  it('counts each JWT once, and the most of any hour', () => {
    const first = rig.authorization(ORIGIN);
    for (let i = 0; i < 5; i += 1) verifier.verify(first, START_MS);
    verifier.verify(rig.authorization(ORIGIN), START_MS + 59 * 60_000);
    assert.deepEqual(verifier.jwts, { distinct: 2, mostPerHour: 2 });
    verifier.verify(rig.authorization(ORIGIN), START_MS + HOUR_MS);
    assert.deepEqual(verifier.jwts, { distinct: 3, mostPerHour: 2 });
    verifier.verify('vapid t=a.b.c, k=x', START_MS);
    assert.equal(verifier.jwts.distinct, 3, 'what was refused does not count');
  });

  it('makes keys of the length that RFC 7518 asks for', () => {
    for (let i = 0; i < 300; i += 1) {
      const { publicKey, privateKey } = createVapidKeys();
      assert.deepEqual(
        [Buffer.from(publicKey, 'base64url').length, Buffer.from(privateKey, 'base64url').length],
        [65, 32],
      );
    }
  });
});
