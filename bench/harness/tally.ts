import { apnsToken } from './devices.js';

/** What reached a provider that sends nowhere, device by device. */
export interface Tally {
  note(device: number): void;
  /** Arrivals and different devices since the last reading; which forgets. */
  read(): TallyReading;
}

export interface TallyReading {
  readonly arrivals: number;
  readonly distinct: number;
  /** Arrivals by device, for few devices only. */
  readonly byDevice: readonly number[];
}

const BY_DEVICE_MAX = 10_000;

/** Four bytes a device, so that the ledger itself does not show in the memory that is measured. */
export function createTally(devices: number, byDeviceMax = BY_DEVICE_MAX): Tally {
  let counts = new Uint32Array(devices);
  let arrivals = 0;
  return {
    note(device) {
      counts[device] = (counts[device] ?? 0) + 1;
      arrivals += 1;
    },
    read() {
      const seen = counts;
      const reading = { arrivals, distinct: seen.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0) };
      counts = new Uint32Array(devices);
      arrivals = 0;
      return { ...reading, byDevice: devices > byDeviceMax ? [] : [...seen] };
    },
  };
}

/** The other way round from {@link apnsToken}. */
export function deviceOfToken(token: string): number {
  const device = Number.parseInt(token, 16);
  if (apnsToken(device) !== token) throw new Error('a push token of no device of this workload');
  return device;
}
