import type { Track } from '../../../domain/accepted-message.js';
import type { DeliveryState } from '../../../domain/delivery.js';
import type { ElsewhereSeen, Receipt } from '../../../ports/receipt-store.js';
import { devicesOfUsers } from '../devices/device-lookup.js';
import { DELIVERIES, type DeliveryDoc, deliveryId } from '../documents/deliveries.js';
import { MESSAGES } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { readEach } from '../writing/change.js';

/** Devices told of one delivery; nobody has more in their hands. */
const ELSEWHERE_MAX = 100;
const SEEN_ON: readonly DeliveryState[] = ['queued', 'sent', 'delivered', 'displayed'];

type Owned = Pick<DeliveryDoc, '_id' | 'app' | 'message' | 'key'> & { readonly user: string };

interface Terms {
  readonly track: Track;
  readonly collapseKey?: string;
}

/** {@link ReceiptStore.elsewhere}. */
export async function seenElsewhere(
  ground: Ground,
  deliveries: readonly Pick<Receipt, 'app' | 'message' | 'key'>[],
): Promise<readonly ElsewhereSeen[]> {
  const { db } = ground;
  const ids = [...new Set(deliveries.map(({ message, key }) => deliveryId(message, key)))];
  const recorded = await readEach(db, db.of(DELIVERIES), ids);
  const owned = new Map(
    recorded.flatMap((one) => (one.user === undefined ? [] : [[one._id, { ...one, user: one.user }]])),
  );
  const terms = await readTerms(ground, [...owned.values()]);
  const byRecord = [...owned.values()].filter(({ message }) => terms.get(message)?.track === 'all');
  const byUser = [...owned.values()].filter(({ message }) => terms.get(message)?.track !== 'all');
  const [sentTo, having] = await Promise.all([readSentTo(ground, byRecord), readDevices(ground, byUser)]);
  return deliveries.map(({ app, message, key }) => {
    const one = owned.get(deliveryId(message, key));
    const its = terms.get(message);
    if (one?.app !== app || its === undefined) return { devices: [] };
    const all =
      its.track === 'all'
        ? (sentTo.get(`${app}|${one.user}|${message}`) ?? [])
        : (having.get(`${app}|${one.user}`) ?? []);
    const devices = all
      .filter((device) => device !== key)
      .sort(byText)
      .slice(0, ELSEWHERE_MAX);
    return { devices, ...(its.collapseKey === undefined ? {} : { collapseKey: its.collapseKey }) };
  });
}

async function readTerms({ db }: Ground, these: readonly Owned[]): Promise<ReadonlyMap<string, Terms>> {
  const ids = [...new Set(these.map(({ message }) => message))];
  if (ids.length === 0) return new Map();
  const found = await db.run(() =>
    db
      .of(MESSAGES)
      .find({ _id: op({ $in: ids }) })
      .select({ terms: 1 })
      .lean(),
  );
  return new Map(found.map(({ _id, terms }) => [_id, JSON.parse(terms) as Terms])); // written by `accept`
}

/** Devices to which messages went, by app, user and message. */
async function readSentTo({ db }: Ground, these: readonly Owned[]): Promise<ReadonlyMap<string, string[]>> {
  const devices = new Map<string, string[]>();
  for (const [app, ofApp] of byApp(these)) {
    const users = [...new Set(ofApp.map(({ user }) => user))];
    const messages = [...new Set(ofApp.map(({ message }) => message))];
    const filter = { app, user: op({ $in: users }), message: op({ $in: messages }), state: op({ $in: [...SEEN_ON] }) };
    const found = await db.run(() =>
      db
        .of(DELIVERIES)
        .find(filter as never)
        .select({ user: 1, message: 1, device: 1 })
        .lean(),
    );
    for (const { user, message, device } of found)
      if (device !== undefined) add(devices, `${app}|${user}|${message}`, device);
  }
  return devices;
}

/** Devices that people have now, by app and user: nobody knows to which a message went. */
async function readDevices({ db }: Ground, these: readonly Owned[]): Promise<ReadonlyMap<string, string[]>> {
  const devices = new Map<string, string[]>();
  for (const [app, ofApp] of byApp(these)) {
    const users = [...new Set(ofApp.map(({ user }) => user))];
    for (const { device, user } of await devicesOfUsers(db, app, users)) add(devices, `${app}|${user}`, device);
  }
  return devices;
}

function byApp(these: readonly Owned[]): ReadonlyMap<string, readonly Owned[]> {
  const apps = new Map<string, Owned[]>();
  for (const one of these) apps.set(one.app, [...(apps.get(one.app) ?? []), one]);
  return apps;
}

function add(lists: Map<string, string[]>, key: string, value: string): void {
  lists.set(key, [...(lists.get(key) ?? []), value]);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
