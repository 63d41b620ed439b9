import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { isTestable } from '../../../../providers/contract.js';
import { judgeToken } from '../../../../providers/huawei/access-token.js';
import { signJwt } from '../../../../providers/huawei/jwt.js';
import { readServiceAccount } from '../../../../providers/huawei/service-account.js';
import { askOnceHttp1 } from '../../../../providers/shared/ask-once-http1.js';
import type { Answer } from '../../../../providers/shared/transport.js';
import { NEVER, NOON, openRig, type Rig, short } from './rig.js';

const AUDIENCE = 'https://oauth-login.cloud.huawei.com/oauth2/v3/token';
const HOUR_MS = 3_600_000;

function fetches(rig: Rig): number {
  return rig.ledger.filter(({ provider }) => provider === 'huawei_oauth').length;
}

describe('an answer of Huawei’s token endpoint', () => {
  const answer = (status: number, body: object): Answer => ({
    ...{ kind: 'answer', status, headers: {}, complete: true, ms: 1, connection: { retire: () => undefined } },
    body: Buffer.from(JSON.stringify(body)),
  });

  it('with a token that no header can hold gives none: messages wait, and are not refused for it', () => {
    for (const access_token of ['', 'a\nb', 'ä', 'a ', 7]) {
      const issue = judgeToken(answer(200, { access_token, expires_in: 3_600 }), 's3cret', NOON);
      assert.ok(issue.kind === 'failed');
      assert.equal(short(issue.outcome), 'deferred account provider_unavailable');
    }
  });

  it('that repeats the secret is not repeated', () => {
    const said = { error: 1101, sub_error: 20044, error_description: 'client_secret s3cret is wrong' };
    const issue = judgeToken(answer(403, said), 's3cret', NOON);
    assert.ok(issue.kind === 'failed' && issue.outcome.kind === 'misconfigured');
    assert.equal(JSON.stringify(issue).includes('s3cret'), false);
  });
});

describe('access to HMS Core', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig();
  });
  afterEach(() => rig.close());

  it('is asked for once, however many wait', async () => {
    const sends = await Promise.all(Array.from({ length: 20 }, (_, at) => rig.send([`t${at}`])));
    assert.deepEqual(new Set(sends.flat().map(short)), new Set(['accepted']));
    assert.equal(fetches(rig), 1);
  });

  it('that has ended early is renewed once, and the request repeated once', async () => {
    await rig.send(['a']);
    rig.simulator.revokeTokens();
    assert.deepEqual((await rig.send(['b', 'c'])).map(short), ['accepted', 'accepted']);
    assert.equal(fetches(rig), 2);
    assert.deepEqual(rig.codes, ['80000000', '80200003', '80000000']);
  });

  it('the same where Huawei says so with 200', async () => {
    rig.simulator.setManner({ authStatus: 200 });
    await rig.send(['a']);
    rig.simulator.revokeTokens();
    assert.equal(short((await rig.send(['b']))[0]), 'accepted');
  });

  it('that is refused again is misconfigured, and asked for no more than once more', async () => {
    rig.fault('a', { kind: 'answer', reason: '80200001' });
    const [outcome] = await rig.send(['a']);
    assert.ok(outcome?.kind === 'misconfigured');
    assert.match(outcome.what, /client_secret/);
    assert.equal(fetches(rig), 2);
  });

  it('is renewed before it ends', async () => {
    await rig.send(['a']);
    rig.clock.now += HOUR_MS;
    assert.equal(short((await rig.send(['b']))[0]), 'accepted');
    assert.deepEqual(rig.codes, ['80000000', '80000000']);
    assert.equal(fetches(rig), 2);
  });

  it('tells numbers that are texts', async () => {
    rig.simulator.setManner({ isSwapped: true });
    assert.equal(short((await rig.send(['a']))[0]), 'accepted');
  });

  const refusals: readonly (readonly [object, string])[] = [
    [{ status: 400, reason: '1101' }, 'misconfigured'],
    [{ status: 403, reason: '1203' }, 'misconfigured'],
    [{ status: 401, reason: '1101' }, 'misconfigured'],
    [{ status: 503 }, 'deferred account rate_limited'],
    [{ status: 429, reason: '1' }, 'deferred account rate_limited'],
    [{ status: 500 }, 'deferred account provider_unavailable'],
    [{ status: 590 }, 'deferred account provider_unavailable'],
    [{ status: 404, reason: 'html' }, 'deferred account provider_unavailable'],
    [{ status: 200, reason: 'html' }, 'deferred account provider_unavailable'],
    [{ status: 200, reason: 'empty' }, 'deferred account provider_unavailable'],
    [{ kind: 'reset' }, 'deferred account provider_unavailable'],
  ];
  for (const [fault, wanted] of refusals) {
    it(`refused with ${JSON.stringify(fault)} is ${wanted}`, async () => {
      const { clientId } = rig.simulator.account;
      rig.fault(clientId, { kind: 'answer', ...fault }, { part: 'huawei_oauth' });
      const [outcome] = await rig.send(['a']);
      assert.equal(short(outcome), wanted);
      assert.deepEqual(rig.payloads(), []);
      assert.equal(JSON.stringify(outcome).includes(rig.simulator.account.clientSecret), false);
    });
  }
});

describe('access with wrong credentials', () => {
  for (const [settings, why] of [
    [{ client_secret: 'wrong' }, 'secret'],
    [{ client_id: '7' }, 'client'],
    [{ client_id: 'no-number' }, 'form of the client'],
  ] as const) {
    it(`by its ${why} is misconfigured, with what to do`, async () => {
      const rig = await openRig(settings);
      const [outcome] = await rig.send(['a']);
      assert.ok(outcome?.kind === 'misconfigured');
      assert.match(outcome.what, /oauth_1101.*client_secret/);
      await rig.close();
    });
  }

  it('of another app is misconfigured, not a dead token', async () => {
    const rig = await openRig({ app_id: '7' });
    const [outcome] = await rig.send(['a']);
    assert.equal(short(outcome), 'misconfigured');
    await rig.close();
  });
});

describe('the signature for HarmonyOS NEXT', () => {
  let rig: Rig;
  before(async () => {
    rig = await openRig();
  });
  after(() => rig.close());

  const account = () => readServiceAccount(rig.simulator.account.serviceAccount);

  it('is one that another library verifies', async () => {
    const { publicKey, keyId, subAccount } = rig.simulator.account;
    const { payload, protectedHeader } = await jwtVerify(signJwt(account(), NOON), publicKey, {
      ...{ algorithms: ['PS256'], audience: AUDIENCE, issuer: subAccount },
      currentDate: new Date(NOON),
    });
    assert.deepEqual(protectedHeader, { alg: 'PS256', kid: keyId, typ: 'JWT' });
    assert.deepEqual([payload.iat, payload.exp], [NOON / 1_000, NOON / 1_000 + 3_600]);
  });

  it('is made once in its hour, and again when Huawei calls it expired', async () => {
    await rig.send(['a'], 'v3');
    await rig.send(['b'], 'v3');
    const bearers = () => new Set(rig.ledger.map(({ headers }) => headers.authorization));
    assert.equal(bearers().size, 1);
    rig.simulator.revokeTokens();
    assert.equal(short((await rig.send(['c'], 'v3'))[0]), 'accepted');
    assert.equal(bearers().size, 2);
    assert.deepEqual(rig.codes.slice(-2), ['80200005', '80000000']);
    rig.clock.now += 2 * HOUR_MS;
    assert.equal(short((await rig.send(['d'], 'v3'))[0]), 'accepted');
    assert.equal(rig.codes.at(-1), '80000000');
  });

  const now = () => rig.clock.now / 1_000;
  const other = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
  const key = () => createPrivateKey(String(JSON.parse(rig.simulator.account.serviceAccount).private_key));
  const rows: readonly (readonly [string, () => Promise<string>, string])[] = [
    ['made by another library', () => jwt(), '80000000'],
    ['with RS256', () => jwt({ alg: 'RS256' }), '80200001'],
    ['of an unknown key id', () => jwt({ kid: 'other' }), '80200001'],
    ['by another key', () => jwt({}, {}, other), '80200001'],
    ['for another audience', () => jwt({}, { aud: 'https://a.example' }), '80200001'],
    ['of another account', () => jwt({}, { iss: 'other' }), '80200001'],
    ['of more than a day', () => jwt({}, { exp: now() + 86_401 }), '80300036'],
    ['that has ended', () => jwt({}, { iat: now() - 100, exp: now() - 1 }), '80200005'],
    ['that is none', async () => 'a.b.c', '80200001'],
    ['of HMS Core', async () => 'DQEB/x', '80200001'],
  ];
  async function jwt(header = {}, claims = {}, by = key()): Promise<string> {
    const { keyId, subAccount } = rig.simulator.account;
    const whole = { iss: subAccount, aud: AUDIENCE, iat: now(), exp: now() + 3_600, ...claims };
    return new SignJWT(whole).setProtectedHeader({ alg: 'PS256', kid: keyId, typ: 'JWT', ...header }).sign(by);
  }
  for (const [name, make, wanted] of rows) {
    it(`${name} is ${wanted} to the simulator`, async () => {
      const { reply } = await askOnceHttp1(
        { origin: rig.simulator.url, ca: rig.ca },
        {
          method: 'POST',
          path: `/v3/${rig.simulator.account.projectId}/messages:send`,
          headers: { 'content-type': 'application/json', 'push-type': '6', authorization: `Bearer ${await make()}` },
          body: Buffer.from('{"payload":{"extraData":"x"},"target":{"token":["a"]}}'),
        },
        NEVER,
      );
      assert.ok(reply.kind === 'answer');
      assert.equal(JSON.parse(reply.body.toString()).code, wanted);
    });
  }
});

describe('a test of Huawei credentials', () => {
  async function tested(settings: Record<string, unknown> = {}, without: string[] = [], spoil?: (rig: Rig) => unknown) {
    const rig = await openRig(settings, without);
    await spoil?.(rig);
    assert.ok(isTestable(rig.provider));
    const result = await rig.provider.testCredentials(NEVER);
    assert.deepEqual(
      rig.ledger.filter(({ accepted }) => accepted),
      [],
      'nobody is sent anything',
    );
    await rig.close();
    return result;
  }
  const V1 = ['service_account'];
  const V3 = ['client_secret', 'token_endpoint', 'app_id', 'client_id'];

  it('accepts those of one generation and of both', async () => {
    for (const without of [[], V1, V3]) assert.equal((await tested({}, without)).verdict, 'accepted');
  });

  it('refuses a wrong secret, with a cure', async () => {
    for (const without of [[], V1]) {
      const { verdict, cure } = await tested({ client_secret: 'wrong' }, without);
      assert.equal(verdict, 'refused');
      assert.match(cure ?? '', /client_secret/);
    }
  });

  it('refuses a service account whose signature Huawei does not know', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const given = await openRig();
    const known = JSON.parse(given.simulator.account.serviceAccount);
    await given.close();
    const { verdict, cure } = await tested({ service_account: JSON.stringify({ ...known, private_key }) }, V3);
    assert.equal(verdict, 'refused');
    assert.ok(cure);
  });

  it('says unreachable where nobody is there, or says nothing of it', async () => {
    for (const without of [V1, V3]) {
      const away = await tested({}, without, (rig) => rig.simulator.close());
      assert.equal(away.verdict, 'unreachable');
      assert.match(away.detail, /cannot be reached/);
    }
    const busy = await tested({}, V1, (rig) =>
      rig.fault(rig.simulator.account.clientId, { kind: 'answer', status: 503 }, { part: 'huawei_oauth' }),
    );
    assert.equal(busy.verdict, 'unreachable');
  });
});
