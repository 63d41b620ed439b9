import type { EpochMs } from '../../../domain/time.js';
import type { Ground } from '../ground.js';
import { followOwners } from '../mailbox/mailbox-owner.js';

/**
 * Lets the mailboxes of devices follow what was written of these: whose they are, or that they are gone.
 *
 * @param devices `_id`s
 */
export async function followDevices(ground: Ground, devices: readonly string[], now: EpochMs): Promise<void> {
  await followOwners(ground, devices, now);
}
