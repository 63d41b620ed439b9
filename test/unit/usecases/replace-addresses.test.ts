import assert from 'node:assert/strict';
import type { Outcome, PushToken } from '../../../providers/contract.js';
import type { Replacement } from '../../../src/ports/address-store.js';
import { createReplaceAddresses } from '../../../src/usecases/replace-addresses.js';
import { keptLog } from '../http/serve.js';

const moved = (to: string, asOf?: number): Outcome => ({
  ...{ kind: 'unregistered', replacedBy: to as PushToken },
  ...(asOf === undefined ? {} : { asOf }),
});

describe('addresses that a vendor names in place of those sent to', () => {
  const of = { app: 'shop', provider: 'fcm', startedAt: 50 };
  function scene(replace: (these: readonly Replacement[]) => Promise<readonly ('replaced' | 'kept')[]>) {
    const log = keptLog();
    const hasher = { pushToken: (_app: string, _provider: string, text: string) => `#${text}` };
    return {
      log,
      replaceAddresses: createReplaceAddresses({ addresses: { replace }, hasher, clock: { now: () => 60 }, log }),
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
