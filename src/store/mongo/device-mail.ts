import type { EpochMs } from '../../domain/time.js';
import type { Ground } from './ground.js';

/**
 * Lets the mailboxes of devices follow what was written of these: whose they are, or that they are gone.
 *
 * @param devices `_id`s
 */
export async function followDevices(_ground: Ground, _devices: readonly string[], _now: EpochMs): Promise<void> {}
