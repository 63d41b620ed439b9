import assert from 'node:assert/strict';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { apnsKind } from '../../../../providers/apns/kind.js';
import { createApnsCredentials } from '../../../../providers/apns/simulator.js';
import { type CredentialTest, isTestable } from '../../../../providers/contract.js';
import { testEnv } from '../../../contract/provider.suite.js';
import { BUNDLE_ID, MINUTE_MS, openRig, type Rig } from './simulator-rig.js';

const NOBODY = 'f'.repeat(64);

describe('asking APNs about the credentials', () => {
  let rig: Rig;

  beforeEach(async () => {
    rig = await openRig();
  });
  afterEach(() => rig.close());

  async function ask(part: Record<string, unknown> = {}, env = {}, withinMs = 5_000): Promise<CredentialTest> {
    const options = apnsKind.options.parse({
      key: rig.credentials.privateKey,
      key_id: rig.credentials.keyId,
      team_id: rig.credentials.teamId,
      bundle_id: BUNDLE_ID,
      endpoints: rig.simulator.urls,
      ca: rig.ca,
      ...part,
    });
    const provider = await apnsKind.open(options, testEnv({ now: () => rig.clock.now, ...env }));
    try {
      assert.ok(isTestable(provider));
      return await provider.testCredentials(AbortSignal.timeout(withinMs));
    } finally {
      await provider.close();
    }
  }

  it('is told that they are accepted, by the refusal of a token that nobody has, and reaches nobody', async () => {
    const test = await ask();
    assert.equal(test.verdict, 'accepted', test.detail);
    assert.deepEqual(test.vendor, { status: 400, code: 'BadDeviceToken' });
    assert.deepEqual(
      rig.ledger.map(({ token, accepted }) => ({ token, accepted })),
      [{ token: NOBODY, accepted: false }],
    );
  });

  for (const [what, part, code, cure] of [
    [
      'a key of somebody else',
      () => ({ key: createApnsCredentials({ bundleIds: [BUNDLE_ID] }).privateKey }),
      'InvalidProviderToken',
      /`key`, `key_id` and `team_id`/,
    ],
    [
      'a key id that is not the key’s',
      () => ({ key_id: 'ZZZZ999999' }),
      'InvalidProviderToken',
      /`key`, `key_id` and `team_id`/,
    ],
    ['a bundle id of another team', () => ({ bundle_id: 'com.other.app' }), 'TopicDisallowed', /bundle_id/],
  ] as const) {
    it(`is told that ${what} is refused, and what to do`, async () => {
      const test = await ask(part());
      assert.deepEqual([test.verdict, test.vendor?.code], ['refused', code]);
      assert.match(test.cure ?? '', cure);
      assert.ok(rig.ledger.every(({ accepted }) => !accepted));
    });
  }

  it('is told of a clock that is wrong', async () => {
    const test = await ask({}, { now: () => rig.clock.now - 90 * MINUTE_MS });
    assert.deepEqual([test.verdict, test.vendor?.code], ['refused', 'ExpiredProviderToken']);
    assert.match(test.cure ?? '', /clock/);
  });

  it('says so when credentials that production refuses are the sandbox’s', async () => {
    rig.faults.set(NOBODY, [{ kind: 'answer', status: 403, reason: 'BadEnvironmentKeyInToken' }]);
    const test = await ask();
    assert.equal(test.verdict, 'refused');
    assert.match(test.detail, /its sandbox accepts them/);
    assert.match(test.cure ?? '', /environment: sandbox/);
  });

  it('says that nobody answers, with the cause, where nobody listens', async () => {
    const nobody = { production: 'https://127.0.0.1:1', sandbox: 'https://127.0.0.1:1' };
    const test = await ask({ endpoints: nobody });
    assert.equal(test.verdict, 'unreachable');
    assert.match(test.detail, /ECONNREFUSED/);
  });

  it('ends when its time is up, whatever the vendor does', async () => {
    rig.faults.set(NOBODY, [{ kind: 'stall' }]);
    const startedAt = performance.now();
    const test = await ask({}, {}, 300);
    assert.equal(test.verdict, 'unreachable');
    assert.ok(performance.now() - startedAt < 3_000);
  });

  it('does not take somebody else’s 400 for an acceptance, nor a trouble of Apple’s for a refusal', async () => {
    rig.faults.set(NOBODY, [{ kind: 'answer', status: 503, reason: 'ServiceUnavailable' }]);
    assert.equal((await ask()).verdict, 'unreachable');
    const stranger = createServer((_request, response) => void response.writeHead(400).end('<h1>Bad request</h1>'));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = stranger.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}`;
      const provider = await apnsKind.open(
        {
          key: rig.credentials.privateKey,
          key_id: rig.credentials.keyId,
          team_id: rig.credentials.teamId,
          bundle_id: BUNDLE_ID,
          endpoints: { production: url, sandbox: url },
        },
        testEnv(),
      );
      assert.ok(isTestable(provider));
      const test = await provider.testCredentials(AbortSignal.timeout(5_000));
      assert.equal(test.verdict, 'unreachable', test.detail);
      await provider.close();
    } finally {
      stranger.close();
    }
  });
});
