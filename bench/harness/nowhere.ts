/** A gateway whose provider sends nowhere: one process with everything in it, or an api and workers over servers. */
import type { Simulators } from '../../src/simulators.js';
import { writeConfig } from '../../src/simulators.js';
import type { GatewayReady } from '../rivals/gateway-to-nowhere.js';
import type { Contender } from './contest.js';
import type { Cores } from './cores.js';
import { createCrew, nameOf } from './crew.js';
import type { Datastores } from './datastores.js';
import { type Rival, startRival } from './rival.js';
import type { TallyReading } from './tally.js';

/** What a workload needs of it, for each contender that it is. */
export interface Nowhere {
  readonly ready: GatewayReady;
  readonly faces: readonly NowhereFace[];
  stop(): Promise<void>;
}

export interface NowhereFace extends Pick<Contender, 'process' | 'beside' | 'prepare' | 'rest'> {
  /** Of `who`, behind the gateway's name. */
  readonly suffix: string;
  /** What came since the last reading. */
  tally(): Promise<TallyReading>;
}

export interface NowhereSetup {
  /** Where its configuration goes; nothing is sent to the simulators. */
  readonly dir: string;
  readonly simulators: Simulators;
  readonly devices: number;
  readonly cores: Cores;
}

type Part = Rival<'tally', TallyReading, GatewayReady>;

export async function startNowhere({ dir, simulators, devices, cores }: NowhereSetup): Promise<Nowhere> {
  await writeConfig(dir, { apns: simulators.endpoints.providers.apns });
  const rival: Part = await startRival('gateway-to-nowhere', { dir, devices }, cores);
  return {
    ready: rival.ready,
    faces: [{ suffix: '', process: rival.process, tally: () => rival.ask('tally') }],
    stop: () => rival.stop(),
  };
}

/** One face for each number of workers; the api is the same for all. */
export async function startNowhereCrew(
  { dir, simulators, devices, cores }: NowhereSetup,
  stores: Datastores,
  numbers: readonly number[],
): Promise<Nowhere> {
  await writeConfig(dir, { apns: simulators.endpoints.providers.apns });
  const setup = { dir, devices, settings: stores.settings, byDeviceMax: devices };
  const start = (role: 'api' | 'worker'): Promise<Part> =>
    startRival('gateway-to-nowhere', { ...setup, roles: [role] }, cores);
  const api = await start('api');
  const crew = createCrew(
    api.process,
    () => start('worker'),
    (worker) => worker.process,
  );
  /** A device that two of them sent to came once, and once too often. */
  async function tally(): Promise<TallyReading> {
    const readings = await Promise.all(crew.workers.map((worker) => worker.ask('tally')));
    const byDevice = Array.from({ length: devices }, (_, n) =>
      readings.reduce((sum, reading) => sum + (reading.byDevice[n] ?? 0), 0),
    );
    const arrivals = readings.reduce((sum, reading) => sum + reading.arrivals, 0);
    return { arrivals, distinct: byDevice.filter((count) => count > 0).length, byDevice };
  }
  return {
    ready: api.ready,
    faces: numbers.map((count) => ({
      suffix: nameOf(count).replace('Pealbell', ''),
      process: crew.process,
      beside: [...crew.beside, ...stores.beside],
      prepare: () => crew.become(count),
      rest: () => crew.become(0),
      tally,
    })),
    stop: () => crew.stop(),
  };
}
