import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import {
  createKeySets,
  FRESH_MS,
  type KeySets,
  RETRY_MS,
  STALE_MS_MAX,
  UNKNOWN_KID_EVERY_MS,
} from '../../../src/access/key-sets.js';
import { isGatewayError } from '../../../src/domain/errors.js';
import type { RealtimeSettings } from '../../../src/domain/realtime.js';
import { createEgress } from '../../../src/egress/egress.js';
import { fetchText } from '../../../src/egress/fetch-text.js';
import type { Log } from '../../../src/ports/log.js';
import { goodClaims, newSigningKey, signAccess } from '../../support/access-token.js';
import { type HttpsServer, openHttpsServer } from '../../support/https-server.js';
import { configured, NOW, openAccess, realtimeSettings } from './scene.js';

const URL_OF_SET = 'https://shop.example/keys';
const [OLD, NEW] = [newSigningKey('ES256'), newSigningKey('EdDSA')];
const jwk = (key: typeof OLD, kid?: string) => ({
  ...createPublicKey(key.publicPem).export({ format: 'jwk' }),
  ...(kid === undefined ? {} : { kid }),
});
const setOf = (...keys: readonly unknown[]) => JSON.stringify({ keys });

describe('sets of keys that an app publishes', () => {
  let now = 0;
  let asked = 0;
  let answer: () => Promise<string>;
  let events: string[];
  let sets: KeySets;
  beforeEach(() => {
    now = 1_000;
    asked = 0;
    events = [];
    answer = async () => setOf(jwk(OLD, 'old'));
    const note = (_fields: object, event: string) => void events.push(event);
    const log: Log = { debug: note, info: note, warn: note, error: note };
    sets = createKeySets({
      fetchText: () => {
        asked += 1;
        return answer();
      },
      nowMs: () => now,
      log,
    });
  });
  const kids = async (kid?: string) => (await sets.find(URL_OF_SET, kid)).map((key) => key.kid);
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('are fetched once, also for many at the same time, and then kept', async () => {
    const all = await Promise.all([kids('old'), kids('old'), kids()]);
    assert.deepEqual(all, [['old'], ['old'], ['old']]);
    now += FRESH_MS;
    assert.deepEqual(await kids('old'), ['old']);
    assert.equal(asked, 1);
  });

  it('are fetched again for a key they lack, at most once a minute', async () => {
    await kids('old');
    answer = async () => setOf(jwk(OLD, 'old'), jwk(NEW, 'new'));
    assert.deepEqual(await kids('new'), ['old']);
    now += UNKNOWN_KID_EVERY_MS + 1;
    assert.deepEqual(await Promise.all([kids('new'), kids('new')]), [
      ['old', 'new'],
      ['old', 'new'],
    ]);
    await Promise.all([kids('no'), kids('never'), kids('nobody')]);
    assert.equal(asked, 2);
  });

  it('are renewed when they are old, without anybody waiting, and used on while that fails', async () => {
    await kids();
    now += FRESH_MS + 1;
    answer = () => Promise.reject(new Error('away'));
    assert.deepEqual(await kids(), ['old']);
    await settled();
    assert.deepEqual(await kids(), ['old']);
    assert.equal(asked, 2, 'a failure is not repeated at once');
    now += UNKNOWN_KID_EVERY_MS + 1;
    await kids();
    await settled();
    assert.deepEqual(events, ['jwks.unreachable'], 'told once');
    answer = async () => setOf(jwk(NEW, 'new'));
    now += UNKNOWN_KID_EVERY_MS + 1;
    await kids();
    await settled();
    assert.deepEqual(await kids(), ['new']);
    assert.deepEqual(events, ['jwks.unreachable', 'jwks.reached']);
  });

  it('that cannot be had are nobody’s fault, asked for again after a while, and after a day not used any more', async () => {
    answer = () => Promise.reject(new Error('away'));
    const isOverloaded = (error: unknown) => isGatewayError(error, 'overloaded') && error.retryAfterSeconds === 5;
    await assert.rejects(kids(), isOverloaded);
    await assert.rejects(kids(), isOverloaded);
    assert.equal(asked, 1);
    answer = async () => setOf(jwk(OLD, 'old'));
    now += RETRY_MS + 1;
    assert.deepEqual(await kids(), ['old']);
    answer = () => Promise.reject(new Error('away'));
    now += STALE_MS_MAX + 1;
    await assert.rejects(kids(), isOverloaded);
  });

  it('may hold keys for other things, which are passed over, and secrets, which nobody should publish', async () => {
    answer = async () =>
      setOf(
        { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'rsa' },
        { ...jwk(OLD), use: 'enc', kid: 'enc' },
        { kty: 'oct', k: 'c'.repeat(64), kid: 'secret' },
        jwk(NEW, 'pealbell-k1'),
        'nonsense',
        null,
        jwk(OLD, 'old'),
      );
    assert.deepEqual(await kids(), ['old']);
  });

  for (const [what, text] of Object.entries({ 'no JSON': 'hello', 'no set': '{}', 'a list': '[]' })) {
    it(`are not taken from what is ${what}`, async () => {
      answer = async () => text;
      await assert.rejects(kids(), (error) => isGatewayError(error, 'overloaded'));
      assert.deepEqual(events, ['jwks.unreachable']);
    });
  }

  it('tell whether a key is still there; open connections have them renewed', async () => {
    const { id } = configured(OLD);
    assert.equal(sets.has(URL_OF_SET, id), true, 'nothing is known yet');
    await settled();
    assert.equal(sets.has(URL_OF_SET, id), true);
    answer = async () => setOf(jwk(NEW, 'new'));
    now += FRESH_MS + 1;
    assert.equal(sets.has(URL_OF_SET, id), true);
    await settled();
    assert.equal(sets.has(URL_OF_SET, id), false);
    assert.equal(asked, 2);
  });
});

describe('access tokens of an app that publishes its keys', () => {
  let server: HttpsServer;
  before(async () => {
    server = await openHttpsServer();
  });
  after(() => server.close());

  function openOver(allow: readonly string[]) {
    const egress = createEgress({ allow });
    const keySets = createKeySets({
      fetchText: (url) => fetchText(egress, url, { ca: server.ca }),
      nowMs: () => performance.now(),
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    const settings: { current: RealtimeSettings } = {
      current: realtimeSettings({ jwks: `${server.origin}/keys`, keys: [configured(OLD, 'file')] }),
    };
    return { settings, ...openAccess(settings, keySets) };
  }
  const verdict = async (tokens: ReturnType<typeof openOver>['tokens'], token: string) => {
    const answer = await tokens.verify(token, NOW);
    return answer.kind === 'access' ? 'access' : answer.code;
  };

  it('are verified with a key fetched through the way out', async () => {
    server.answer = (_req, res) => res.end(setOf(jwk(NEW, 'new')));
    const { tokens, settings } = openOver(['127.0.0.0/8', '::1']);
    assert.equal(await verdict(tokens, signAccess(NEW, goodClaims(NOW), { kid: 'new' })), 'access');
    assert.equal(await verdict(tokens, signAccess(NEW, goodClaims(NOW))), 'access');
    assert.equal(await verdict(tokens, signAccess(OLD, goodClaims(NOW))), 'access');
    assert.equal(await verdict(tokens, signAccess(OLD, goodClaims(NOW), { kid: 'new' })), 'token_refused');
    assert.equal(await verdict(tokens, signAccess(OLD, goodClaims(NOW), { kid: 'none' })), 'token_refused');
    assert.equal(server.asked(), 1);
    const access = await tokens.verify(signAccess(NEW, goodClaims(NOW)), NOW);
    assert.ok(access.kind === 'access');
    assert.equal(tokens.check(access, NOW), undefined);
    settings.current = realtimeSettings({ keys: [configured(OLD, 'file')] });
    assert.equal(tokens.check(access, NOW)?.code, 'access_revoked');
  });

  it('are neither good nor bad where its address must not be reached, but for keys of the file', async () => {
    const before = server.asked();
    const { tokens } = openOver([]);
    await assert.rejects(verdict(tokens, signAccess(NEW, goodClaims(NOW), { kid: 'new' })), (error) =>
      isGatewayError(error, 'overloaded'),
    );
    assert.equal(await verdict(tokens, signAccess(OLD, goodClaims(NOW), { kid: 'file' })), 'access');
    assert.equal(server.asked(), before);
  });
});
