import assert from 'node:assert/strict';
import type { ClientHttp2Session } from 'node:http2';
import type { FcmCredentials } from '../../../../providers/fcm/simulator.js';
import {
  type Answered,
  askToken,
  credentialsOf,
  DEVICE,
  errorOf,
  exchange,
  MESSAGING,
  openRig,
  PROJECT_ID,
  type Rig,
  START_MS,
  sendHeaders,
  signJwt,
} from './simulator-rig.js';

const OTHER_PROJECT = 'other-example';
const START_SECONDS = START_MS / 1000;

describe('FCM simulator: credentials', () => {
  let rig: Rig;
  let session: ClientHttp2Session;
  let other: FcmCredentials;

  beforeEach(async () => {
    other = await credentialsOf(OTHER_PROJECT);
    rig = await openRig({ accounts: [other] });
    session = await rig.connect();
  });
  afterEach(() => rig.close());

  /** `400 invalid_grant` and the sentence that goes with it. */
  async function refusal(assertion: string | undefined, fields = {}, headers = {}): Promise<readonly string[]> {
    const { status, body } = await askToken(session, { assertion, ...fields }, headers);
    assert.equal(rig.ledger.at(-1)?.answer.status, status);
    return [`${status} ${body.error ?? 'granted'}`, body.error_description ?? ''];
  }

  const send = (authorization: string | undefined, project = PROJECT_ID): Promise<Answered> =>
    exchange(
      session,
      sendHeaders(undefined, { authorization, ':path': `/v1/projects/${project}/messages:send` }),
      JSON.stringify({ message: { token: DEVICE } }),
    );

  describe('the token endpoint', () => {
    it('gives a bearer token for an assertion, good for 3599 seconds, and another one each time', async () => {
      const first = await askToken(session, { assertion: rig.assertion() });
      const second = await askToken(session, { assertion: rig.assertion() });
      assert.deepEqual([first.status, first.body.expires_in, first.body.token_type], [200, 3599, 'Bearer']);
      assert.match(first.body.access_token ?? '', /^ya29\./);
      assert.notEqual(first.body.access_token, second.body.access_token);
      assert.equal((await send(`Bearer ${first.body.access_token}`)).status, 200);
    });

    it('writes down who asked for what, and neither signature nor access token', async () => {
      const assertion = rig.assertion();
      await askToken(session, { assertion });
      const { provider, token, payloadJson, accepted, answer } = rig.ledger[0] ?? assert.fail('nothing was written');
      assert.deepEqual([provider, token, accepted], ['fcm_oauth', rig.credentials.clientEmail, false]);
      assert.deepEqual(answer, { status: 200, reason: null });
      assert.equal(JSON.parse(payloadJson ?? '').claims.scope, MESSAGING);
      assert.ok(!payloadJson?.includes(assertion.split('.')[2] ?? ''));
    });

    it('takes its own address in aud beside Google’s, and nothing else', async () => {
      assert.equal((await refusal(rig.assertion({ aud: rig.simulator.tokenUrl })))[0], '200 granted');
      for (const aud of ['https://example.com/token', undefined, 5]) {
        const [error, sentence] = await refusal(rig.assertion({ aud }));
        assert.equal(error, '400 invalid_grant');
        assert.match(sentence ?? '', /Failed audience check/);
      }
    });

    it('refuses an issuer that it does not know', async () => {
      for (const iss of ['nobody@example.com', undefined]) {
        assert.deepEqual(await refusal(rig.assertion({ iss })), [
          '400 invalid_grant',
          'Invalid grant: account not found',
        ]);
      }
    });

    it('refuses the signature of another key, a changed claim and a key id that is not the account’s', async () => {
      const [head, , signature] = rig.assertion().split('.');
      const claims = rig.assertion({ scope: `${MESSAGING} ${MESSAGING}` }).split('.')[1];
      for (const assertion of [
        rig.assertion({ iss: rig.credentials.clientEmail }, {}, other),
        `${head}.${claims}.${signature}`,
        rig.assertion({}, { kid: other.keyId }),
      ]) {
        assert.deepEqual(await refusal(assertion), ['400 invalid_grant', 'Invalid JWT Signature.']);
      }
      assert.equal((await refusal(rig.assertion({}, { kid: rig.credentials.keyId })))[0], '200 granted');
    });

    it('refuses every algorithm but RS256', async () => {
      for (const alg of ['none', 'HS256', 'ES256', undefined]) {
        assert.equal((await refusal(rig.assertion({}, { alg })))[0], '400 invalid_grant');
      }
    });

    it('refuses what is no JWT', async () => {
      for (const text of ['', 'a.b.c', 'hello', `${rig.assertion()}.x`, signJwt([], {}, rig.credentials.privateKey)]) {
        assert.equal((await refusal(text))[0], '400 invalid_grant');
      }
    });

    it('refuses a life of more than an hour, one that is over, one from the future, and none', async () => {
      const iat = START_SECONDS;
      for (const claims of [
        { iat, exp: iat + 3601 },
        { iat: iat - 3600, exp: iat },
        { iat: iat + 301, exp: iat + 3600 },
        { iat, exp: iat },
        { iat: undefined },
        { exp: undefined },
        { iat: String(iat) },
      ]) {
        const [error, sentence] = await refusal(rig.assertion(claims));
        assert.equal(error, '400 invalid_grant', JSON.stringify(claims));
        assert.match(sentence ?? '', /iat and exp/);
      }
      assert.equal((await refusal(rig.assertion({ iat: iat + 300, exp: iat + 3900 })))[0], '200 granted');
    });

    it('refuses a scope that is missing or none of Google’s', async () => {
      for (const scope of [undefined, '', 'messaging', `${MESSAGING} everything`]) {
        assert.equal((await refusal(rig.assertion({ scope })))[0], '400 invalid_scope');
      }
    });

    it('refuses to act for another user', async () => {
      assert.equal((await refusal(rig.assertion({ sub: 'boss@example.com' })))[0], '401 unauthorized_client');
      assert.equal((await refusal(rig.assertion({ sub: rig.credentials.clientEmail })))[0], '200 granted');
    });

    it('refuses other grants, missing fields and other content types', async () => {
      const assertion = rig.assertion();
      assert.equal((await refusal(assertion, { grant_type: 'password' }))[0], '400 unsupported_grant_type');
      assert.equal((await refusal(assertion, { grant_type: undefined }))[0], '400 invalid_request');
      assert.equal((await refusal(undefined))[0], '400 invalid_request');
      assert.equal((await refusal(assertion, {}, { 'content-type': 'text/plain' }))[0], '400 invalid_request');
    });

    it('carries out faults under the name fcm_oauth', async () => {
      const { clientEmail } = rig.credentials;
      rig.faults.set(`fcm_oauth ${clientEmail}`, [
        { kind: 'answer', status: 503, retryAfterSeconds: 3 },
        { kind: 'answer', status: 400, reason: 'invalid_grant' },
        { kind: 'answer', status: 502 },
        { kind: 'answer', latencyMs: 40 },
      ]);
      const outage = await askToken(session, { assertion: rig.assertion() });
      assert.deepEqual([outage.status, outage.headers['retry-after']], [503, '3']);
      assert.equal((await refusal(rig.assertion()))[0], '400 invalid_grant');
      const page = await askToken(session, { assertion: rig.assertion() });
      assert.deepEqual([page.status, page.headers['content-type']], [502, 'text/html; charset=UTF-8']);
      const start = performance.now();
      assert.equal((await refusal(rig.assertion()))[0], '200 granted');
      assert.ok(performance.now() - start >= 39);
    });
  });

  describe('the bearer', () => {
    // Every refusal here comes from before FCM, so none carries FcmError.
    it('must be there, be one that was given out, and be a bearer token', async () => {
      const accessToken = await rig.accessToken(session);
      for (const authorization of [undefined, 'Bearer ya29.made-up', `Basic ${accessToken}`, accessToken]) {
        const answer = await send(authorization);
        assert.equal(errorOf(answer), '401 UNAUTHENTICATED -');
        assert.match(String(answer.headers['www-authenticate']), /^Bearer /);
        assert.deepEqual(rig.ledger.at(-1)?.answer, { status: 401, reason: 'UNAUTHENTICATED' });
      }
      assert.equal((await send(`bearer ${accessToken}`)).status, 200);
    });

    it('ends with its time', async () => {
      const accessToken = await rig.accessToken(session);
      rig.clock.now = START_MS + 3_598_999;
      assert.equal((await send(`Bearer ${accessToken}`)).status, 200);
      rig.clock.now = START_MS + 3_599_000;
      assert.equal(errorOf(await send(`Bearer ${accessToken}`)), '401 UNAUTHENTICATED -');
    });

    it('ends early when it is revoked; the next one is good again', async () => {
      const accessToken = await rig.accessToken(session);
      rig.simulator.revokeAccessTokens();
      assert.equal(errorOf(await send(`Bearer ${accessToken}`)), '401 UNAUTHENTICATED -');
      assert.equal((await send(`Bearer ${await rig.accessToken(session)}`)).status, 200);
    });

    it('lives as long as the simulator is told', async () => {
      const brief = await openRig({ accessTokenSeconds: 5 });
      const briefSession = await brief.connect();
      const answer = await askToken(briefSession, { assertion: brief.assertion() });
      assert.equal(answer.body.expires_in, 5);
      await brief.close();
    });

    it('needs a scope for messaging', async () => {
      const scope = 'https://www.googleapis.com/auth/firebase.database';
      const accessToken = await rig.accessToken(session, { scope });
      assert.equal(errorOf(await send(`Bearer ${accessToken}`)), '403 PERMISSION_DENIED -');
      const wide = await rig.accessToken(session, { scope: `${scope} https://www.googleapis.com/auth/cloud-platform` });
      assert.equal((await send(`Bearer ${wide}`)).status, 200);
    });

    it('is refused by another project with 403, and by one that is not there with 404', async () => {
      const accessToken = await rig.accessToken(session);
      assert.equal(errorOf(await send(`Bearer ${accessToken}`, OTHER_PROJECT)), '403 PERMISSION_DENIED -');
      assert.equal(errorOf(await send(`Bearer ${accessToken}`, 'no-such-project')), '404 NOT_FOUND -');
      const others = await rig.accessToken(session, {}, other);
      assert.equal((await send(`Bearer ${others}`, OTHER_PROJECT)).status, 200);
    });
  });
});
