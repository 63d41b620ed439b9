import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { type ApnsAuthority, createApnsAuthority } from '../../../../providers/apns/simulator.js';
import { ALERT, BUNDLE_ID, openRig, push, pushHeaders, type Rig } from './simulator-rig.js';

const MDM = 'com.apple.mgmt.External.0d5c2b6e';

describe('APNs simulator: certificates', () => {
  let authority: ApnsAuthority;
  let rig: Rig;

  before(async () => {
    authority = await createApnsAuthority();
  });
  beforeEach(async () => {
    rig = await openRig({ authority });
  });
  afterEach(() => rig.close());

  async function refusal(
    session: ClientHttp2Session,
    changes: Record<string, string | undefined> = {},
    body: string = ALERT,
  ): Promise<string> {
    const answer = await push(session, pushHeaders(rig, { authorization: undefined, ...changes }), body);
    return answer.status === 200 ? '200' : `${answer.status} ${answer.body?.reason}`;
  }

  it('takes one of its own authority in place of a token, and ignores a token beside it', async () => {
    const session = await rig.connect('production', await authority.issue({ uid: BUNDLE_ID }));
    assert.equal(await refusal(session), '200');
    assert.equal(await refusal(session, { authorization: 'bearer nonsense' }), '200');
  });

  it('still asks for a token where no certificate was shown', async () => {
    const session = await rig.connect();
    assert.equal(await refusal(session), '403 MissingProviderToken');
    assert.equal((await push(session, pushHeaders(rig))).status, 200);
  });

  it('refuses one of another authority, whatever token comes with it', async () => {
    const foreign = await (await createApnsAuthority()).issue({ uid: BUNDLE_ID });
    const session = await rig.connect('production', foreign);
    assert.equal(await refusal(session), '403 BadCertificate');
    assert.equal(await refusal(session, { authorization: `bearer ${rig.jwt()}` }), '403 BadCertificate');
  });

  it('refuses one that has ended by its clock', async () => {
    const notAfter = new Date(rig.clock.now + 1_000);
    const session = await rig.connect('production', await authority.issue({ uid: BUNDLE_ID, notAfter }));
    assert.equal(await refusal(session), '200');
    rig.clock.now += 1_000;
    assert.equal(await refusal(session), '403 BadCertificate');
  });

  it('refuses one that was revoked, also on an open connection', async () => {
    const issued = await authority.issue({ uid: BUNDLE_ID });
    const session = await rig.connect('production', issued);
    assert.equal(await refusal(session), '200');
    authority.revoke(issued.cert);
    assert.equal(await refusal(session), '403 BadCertificate');
  });

  it('refuses one of the other environment', async () => {
    const issued = await authority.issue({ uid: BUNDLE_ID, environment: 'sandbox' });
    assert.equal(await refusal(await rig.connect('production', issued)), '403 BadCertificateEnvironment');
    assert.equal(await refusal(await rig.connect('sandbox', issued)), '200');
  });

  it('takes the topics that the certificate lists, each with its push type', async () => {
    const session = await rig.connect('production', await authority.issue({ uid: BUNDLE_ID }));
    const voip = { 'apns-push-type': 'voip', 'apns-topic': `${BUNDLE_ID}.voip` };
    assert.equal(await refusal(session, voip), '200');
    assert.equal(await refusal(session, { ...voip, 'apns-topic': BUNDLE_ID }), '400 BadTopic');
    assert.equal(await refusal(session, { 'apns-topic': 'com.example.other' }), '400 TopicDisallowed');
    assert.equal(await refusal(session, { 'apns-topic': 'a b' }), '400 BadTopic');
    assert.equal(await refusal(session, { 'apns-push-type': 'loud' }), '400 InvalidPushType');
  });

  it('asks for the topic only where the certificate lists several', async () => {
    const several = await rig.connect('production', await authority.issue({ uid: BUNDLE_ID }));
    assert.equal(await refusal(several, { 'apns-topic': undefined }), '400 MissingTopic');
    const one = await rig.connect('production', await authority.issue({ uid: BUNDLE_ID, topics: [BUNDLE_ID] }));
    assert.equal(await refusal(one, { 'apns-topic': undefined }), '200');
  });

  it('refuses push types that need a token, even on a topic the certificate lists', async () => {
    const topics = [BUNDLE_ID, `${BUNDLE_ID}.location-query`];
    const session = await rig.connect('production', await authority.issue({ uid: BUNDLE_ID, topics }));
    const location = { 'apns-push-type': 'location', 'apns-topic': `${BUNDLE_ID}.location-query` };
    assert.equal(await refusal(session, location), '400 TopicDisallowed');
  });

  it('takes MDM pushes on the topic that is the UID of the certificate', async () => {
    const session = await rig.connect('production', await authority.issue({ uid: MDM, topics: [MDM] }));
    const mdm = { 'apns-push-type': 'mdm', 'apns-topic': MDM };
    assert.equal(await refusal(session, mdm, '{"mdm":"MAGIC"}'), '200');
    assert.equal(await refusal(session, mdm), '400 InvalidPushType');
  });

  it('opens the connection to many streams without waiting for a token', async () => {
    const session = await rig.connect('production', await authority.issue({ uid: BUNDLE_ID }));
    while (session.remoteSettings.maxConcurrentStreams !== 1000) await once(session, 'remoteSettings');
  });
});
