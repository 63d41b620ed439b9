import type { Reaction } from '../../../ports/reaction-store.js';
import { findRowless } from '../deliveries/rowless.js';
import { readDevices } from '../devices/device-reads.js';
import { DELIVERIES, deliveryId } from '../documents/deliveries.js';
import { deviceKey } from '../documents/devices.js';
import type { Ground } from '../ground.js';
import { readEach } from '../writing/change.js';

/** Over which road a delivery went, to what; and whose the device is, of feedback. */
export interface Road {
  readonly provider: string | null;
  readonly platform: string | null;
  readonly user: string | null;
}

/** Those of these, by their places, that are of a message that was for the device, or of a device that is there. */
export async function findRoads(ground: Ground, reactions: readonly Reaction[]): Promise<ReadonlyMap<number, Road>> {
  const { db } = ground;
  const ofMessages = reactions.flatMap(({ app, device: key, message }, n) =>
    message === undefined ? [] : [{ n, app, key, message, id: deliveryId(message, key) }],
  );
  const feedback = reactions.flatMap(({ kind, app, device }) => (kind === 'feedback' ? [deviceKey(app, device)] : []));
  const [recorded, devices] = await Promise.all([
    readEach(db, db.of(DELIVERIES), [...new Set(ofMessages.map(({ id }) => id))]),
    readDevices(db, feedback, ['platform', 'user']),
  ]);
  const byId = new Map(recorded.map((one) => [one._id, one]));
  const known = new Map(devices.map((one) => [one._id, one]));
  const roads = new Map<number, Omit<Road, 'user'>>();
  for (const [n, { app, device, message }] of reactions.entries()) {
    const platform = known.get(deviceKey(app, device))?.platform;
    if (message === undefined && platform !== undefined) roads.set(n, { provider: null, platform });
  }
  for (const { n, app, id } of ofMessages) {
    const one = byId.get(id);
    if (one?.app === app) roads.set(n, { provider: one.provider ?? null, platform: one.platform ?? null });
  }
  const rowless = ofMessages.filter(({ n }) => !roads.has(n));
  const found = await findRowless(ground, rowless);
  const waiting = new Map(found.map((one) => [`${one.app}|${deliveryId(one.message, one.key)}`, one]));
  for (const { n, app, id } of rowless) {
    const one = waiting.get(`${app}|${id}`);
    if (one !== undefined) roads.set(n, { provider: one.provider, platform: one.platform });
  }
  return new Map(
    [...roads].map(([n, road]) => {
      const { app = '', device = '' } = reactions[n] ?? {};
      return [n, { ...road, user: known.get(deviceKey(app, device))?.user ?? null }];
    }),
  );
}
