import type { DevicePlace, QuotaDay } from '../../../ports/quota-store.js';
import { DEVICE_QUOTAS, type DeviceQuotaDoc } from '../documents/quotas.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';
import { makeOrChangeEach, type Plan } from '../writing/make-or-change.js';

export function quotaDayId({ app, provider, class: of, dayEndsAt }: QuotaDay): string {
  return `${app}|${provider}|${of}|${dayEndsAt}`;
}

/** See `QuotaStore.reserve`. */
export async function reservePlaces({ db, outbox }: Ground, places: readonly DevicePlace[]): Promise<boolean[]> {
  const asked = byDevice(places);
  const kept = new Map<string, readonly string[]>();
  /** Those that were there come first and stay, also where the cap was larger then. */
  const keep = (id: string, before: readonly string[]): readonly string[] => {
    const { messages = [], max = 0 } = asked.get(id) ?? {};
    const first = [...new Set([...before, ...messages])].slice(0, Math.max(max, before.length));
    kept.set(id, first);
    return first;
  };
  const plan: Plan<DeviceQuotaDoc> = {
    decide({ _id, messages: before }) {
      const messages = keep(_id, before);
      return messages.length === before.length ? undefined : { set: { messages } };
    },
    make: (id) => ({ fields: { dayEndsAt: asked.get(id)?.dayEndsAt ?? 0, messages: keep(id, []) } }),
  };
  await makeOrChangeEach(db, db.of(DEVICE_QUOTAS), [...asked.keys()], outbox.begin(), () => plan);
  return places.map((place) => kept.get(placeId(place))?.includes(place.message) === true);
}

/** See `QuotaStore.release`. */
export async function releasePlaces({ db, outbox }: Ground, places: readonly DevicePlace[]): Promise<void> {
  const given = byDevice(places);
  await changeEach<DeviceQuotaDoc>(
    db,
    db.of(DEVICE_QUOTAS),
    [...given.keys()],
    outbox.begin(),
    () =>
      ({ _id, messages: before }) => {
        const messages = before.filter((message) => given.get(_id)?.messages.has(message) !== true);
        return messages.length === before.length ? undefined : { set: { messages } };
      },
  );
}

function placeId(place: DevicePlace): string {
  return `${quotaDayId(place)}|${place.key}`;
}

function byDevice(places: readonly DevicePlace[]) {
  const devices = new Map<string, { dayEndsAt: number; max: number; messages: Set<string> }>();
  for (const place of places) {
    const id = placeId(place);
    const device = devices.get(id) ?? { dayEndsAt: place.dayEndsAt, max: place.max, messages: new Set() };
    devices.set(id, device);
    device.messages.add(place.message);
  }
  return devices;
}
