import assert from 'node:assert/strict';
import type { RegistrationEffect } from '../../../src/domain/chunk.js';
import type { DeviceStore } from '../../../src/ports/device-store.js';
import type { Log } from '../../../src/ports/log.js';
import { createRetire } from '../../../src/usecases/retire.js';

const APP = 'demo';

/** What `createRetire` asks of a store, over two sets of hashes. */
function registrations(
  count: number,
): Pick<DeviceStore, 'retire' | 'strike' | 'retirementPressure'> & { dead: Set<string> } {
  const dead = new Set<string>();
  return {
    dead,
    async retire(retirements) {
      const before = dead.size;
      for (const { tokenHash } of retirements) dead.add(tokenHash);
      return dead.size - before;
    },
    strike: async () => 0,
    retirementPressure: async () => ({ live: count - dead.size, retired: dead.size }),
  };
}

function effects(from: number, to: number): RegistrationEffect[] {
  return Array.from({ length: to - from }, (_, n) => ({
    kind: 'retire',
    provider: 'apns',
    tokenHash: `hash${from + n}`,
    at: 0,
  }));
}

describe('the brake on retiring', () => {
  function brake(count: number) {
    const devices = registrations(count);
    const told: string[] = [];
    const quiet = () => undefined;
    const log: Log = { debug: quiet, info: quiet, warn: quiet, error: (_, event) => void told.push(event) };
    const held = { braked: 0, token_invalid: 0 };
    let now = 1_000_000;
    const retire = createRetire({
      devices,
      clock: { now: () => now },
      log,
      brake: { windowMs: 600_000, share: 0.02, floor: 100 },
      observe: (_, reason, n) => {
        held[reason as keyof typeof held] += n;
      },
    });
    return { retire, devices, told, held, forward: (ms: number) => (now += ms) };
  }

  it('holds over chunks that end at the same time', async () => {
    const { retire, devices, told, held } = brake(600);
    await Promise.all([0, 1, 2, 3].map((n) => retire.apply(APP, effects(n * 80, n * 80 + 80))));
    assert.equal(devices.dead.size, 100);
    assert.deepEqual(held, { braked: 220, token_invalid: 100 });
    assert.deepEqual(told, ['registrations.retiring_braked']);
  });

  it('lets 2 % of a large app go', async () => {
    const { retire, devices } = brake(20_000);
    await retire.apply(APP, effects(0, 1_000));
    assert.equal(devices.dead.size, 400);
  });

  it('is not let go by asking again', async () => {
    const { retire, devices, forward } = brake(600);
    await retire.apply(APP, effects(0, 500));
    forward(5_000);
    await retire.apply(APP, effects(100, 500));
    assert.equal(devices.dead.size, 100);
  });

  it('goes on after a store that failed', async () => {
    const { retire, devices } = brake(600);
    const { retirementPressure } = devices;
    devices.retirementPressure = () => Promise.reject(new Error('away'));
    await assert.rejects(retire.apply(APP, effects(0, 10)), /away/);
    devices.retirementPressure = retirementPressure;
    await retire.apply(APP, effects(0, 10));
    assert.equal(devices.dead.size, 10);
  });
});
