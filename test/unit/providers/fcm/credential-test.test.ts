import assert from 'node:assert/strict';
import { type CredentialTest, isTestable } from '../../../../providers/contract.js';
import { fcmKind } from '../../../../providers/fcm/kind.js';
import { createFcmCredentials, serviceAccountJson } from '../../../../providers/fcm/simulator.js';
import { testEnv } from '../../../contract/provider.suite.js';
import { openRig, PROJECT_ID, type Rig } from './simulator-rig.js';

const TOPIC = '/topics/pealbell-credential-test';

describe('asking Google about the credentials', function () {
  this.timeout(20_000); // RSA keys
  let rig: Rig;

  beforeEach(async () => {
    rig = await openRig();
    rig.clock.now = Date.now(); // firebase-admin signs by the real clock
  });
  afterEach(() => rig.close());

  async function ask(part: Record<string, unknown> = {}, withinMs = 5_000): Promise<CredentialTest> {
    const options = fcmKind.options.parse({
      service_account: serviceAccountJson(rig.credentials, 'https://nobody.invalid/token'),
      endpoint: rig.simulator.url,
      token_endpoint: `${rig.simulator.url}/token`,
      ca: rig.ca,
      ...part,
    });
    const provider = await fcmKind.open(options, testEnv({ now: () => rig.clock.now }));
    try {
      assert.ok(isTestable(provider));
      return await provider.testCredentials(AbortSignal.timeout(withinMs));
    } finally {
      await provider.close();
    }
  }

  it('is told that they are accepted, with a message that is checked and never delivered', async () => {
    const test = await ask();
    assert.equal(test.verdict, 'accepted', test.detail);
    const sent = rig.ledger.filter(({ provider }) => provider === 'fcm');
    assert.equal(sent.length, 1);
    assert.equal(sent[0]?.accepted, false, 'nothing was delivered');
    assert.match(sent[0]?.payloadJson ?? '', /"validate_only":true/);
    assert.equal(typeof test.vendorTime, 'number', 'its answer tells the time');
  });

  it('is told that a deleted or unknown key is refused, and what to do', async () => {
    const strange = await createFcmCredentials({ projectId: PROJECT_ID });
    const test = await ask({ service_account: serviceAccountJson(strange, 'https://nobody.invalid/token') });
    assert.equal(test.verdict, 'refused', test.detail);
    assert.match(test.cure ?? '', /key/);
    assert.deepEqual(
      rig.ledger.filter(({ provider }) => provider === 'fcm'),
      [],
      'no message without a token',
    );
  });

  it('is told that a project is not its own', async () => {
    const test = await ask({ project_id: 'somebody-elses' });
    assert.equal(test.verdict, 'refused', test.detail);
    assert.ok(test.vendor?.status === 403 || test.vendor?.status === 404);
    assert.match(test.cure ?? '', /project|cloudmessaging/);
  });

  it('says that nobody answers: the token endpoint, or FCM itself', async () => {
    const noTokens = await ask({ token_endpoint: 'https://127.0.0.1:1/token' });
    assert.deepEqual([noTokens.verdict, /ECONNREFUSED/.test(noTokens.detail)], ['unreachable', true], noTokens.detail);
    const noFcm = await ask({ endpoint: 'https://127.0.0.1:1' });
    assert.deepEqual([noFcm.verdict, /ECONNREFUSED/.test(noFcm.detail)], ['unreachable', true], noFcm.detail);
  });

  it('ends when its time is up, whatever the vendor does', async () => {
    rig.faults.set(TOPIC, [{ kind: 'stall' }]);
    const test = await ask({}, 1_000);
    assert.equal(test.verdict, 'unreachable', test.detail);
  });

  it('does not take a trouble of Google’s for a refusal', async () => {
    rig.faults.set(TOPIC, [{ kind: 'answer', status: 503 }]);
    assert.equal((await ask()).verdict, 'unreachable');
    rig.faults.set(`fcm_oauth ${rig.credentials.clientEmail}`, [{ kind: 'answer', status: 503 }]);
    assert.equal((await ask()).verdict, 'unreachable');
  });
});
