import assert from 'node:assert/strict';
import { InvalidInputError, type Outcome, type PushToken } from '../../../providers/contract.js';
import type { Replacement } from '../../../src/ports/address-store.js';
import type { ConfiguredProvider } from '../../../src/usecases/provider-directory.js';
import { createReplaceAddresses } from '../../../src/usecases/replace-addresses.js';
import { keptLog } from '../http/serve.js';

const moved = (to: string, asOf?: number): Outcome => ({
  ...{ kind: 'unregistered', replacedBy: to as PushToken },
  ...(asOf === undefined ? {} : { asOf }),
});

/** Takes push tokens without commas. */
const vendor: ConfiguredProvider = {
  ...{ name: 'fcm', kind: 'fcm', nativeFor: [], check: () => [] },
  limits: { batchTargetsMax: 1, payloadBytesMax: 1, ttlSecondsMax: 1 },
  parsePushToken(raw) {
    if (String(raw).includes(',')) throw new InvalidInputError('one at a time');
    return String(raw) as PushToken;
  },
};

describe('addresses that a vendor names in place of those sent to', () => {
  const of = { app: 'shop', provider: 'fcm', startedAt: 50 };
  function scene(replace: (these: readonly Replacement[]) => Promise<readonly ('replaced' | 'kept')[]>) {
    const log = keptLog();
    const hasher = { pushToken: (_app: string, _provider: string, text: string) => `#${text}` };
    return {
      log,
      replaceAddresses: createReplaceAddresses({
        providers: { configured: () => [vendor] },
        ...{ addresses: { replace }, hasher, clock: { now: () => 60 }, log },
      }),
    };
  }

  it('are the devices’, and told by their places', async () => {
    let asked: readonly Replacement[] = [];
    const { replaceAddresses } = scene(async (these) => {
      asked = these;
      return ['kept', 'replaced'];
    });
    const outcomes: Outcome[] = [{ kind: 'accepted' }, moved('b'), { kind: 'unregistered' }, moved('d', 40)];
    const places = await replaceAddresses(of, ['h0', 'h1', 'h2', 'h3'], outcomes);
    assert.deepEqual([...places], [3]);
    assert.deepEqual(
      asked.map(({ tokenHash, to, asOf }) => [tokenHash, to.token, to.tokenHash, asOf]),
      [
        ['h1', 'b', '#b', 50],
        ['h3', 'd', '#d', 40],
      ],
    );
  });

  it('are none of those that no device could hand in', async () => {
    const { log, replaceAddresses } = scene(() => Promise.reject(new Error('nothing was to be replaced')));
    assert.equal((await replaceAddresses(of, ['h'], [moved('one,another')])).size, 0);
    assert.deepEqual(log.lines, []);
  });

  it('cost nothing where there are none, and a store that is away leaves them dead', async () => {
    let calls = 0;
    const { log, replaceAddresses } = scene(() => {
      calls += 1;
      return Promise.reject(new Error('away'));
    });
    assert.equal((await replaceAddresses(of, ['h'], [{ kind: 'unregistered' }])).size, 0);
    assert.equal(calls, 0);
    assert.equal((await replaceAddresses(of, ['h'], [moved('b')])).size, 0);
    assert.deepEqual(
      log.lines.map(({ event }) => event),
      ['registrations.not_replaced'],
    );
  });
});
