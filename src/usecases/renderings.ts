import type { AudienceMember } from '../domain/audience.js';
import { lookupLocale } from '../domain/locale.js';
import type { Localized, Notification } from '../domain/message.js';
import type { DeviceStore } from '../ports/device-store.js';

export type Locales = Readonly<Record<string, Localized>>;
/** The chosen key of a message's locales by device; a device that is not in it sees the notification as it is. */
export type Renderings = ReadonlyMap<string, string>;

type Found = Awaited<ReturnType<DeviceStore['locales']>>;

/** Which of a message's locales each of these devices is to see; asks nothing of a message without any. */
export async function renderingsOf(
  devices: Pick<DeviceStore, 'locales'>,
  app: string,
  members: readonly AudienceMember[],
  locales: Locales | undefined,
): Promise<Renderings> {
  if (locales === undefined || members.length === 0) return new Map();
  return chooseRenderings(app, members, locales, await devices.locales(members.map(({ device }) => ({ app, device }))));
}

/** The device's own locale decides, else that of its user. */
export function chooseRenderings(
  app: string,
  members: readonly AudienceMember[],
  locales: Locales | undefined,
  found: Found,
): Renderings {
  const available = Object.keys(locales ?? {});
  const chosen = new Map<string, string>();
  if (available.length === 0) return chosen;
  for (const { device } of members) {
    const spoken = found.get(`${app}|${device}`);
    const rendering = lookupLocale(
      available,
      [spoken?.device, spoken?.user].filter((tag) => tag !== undefined),
    );
    if (rendering !== undefined) chosen.set(device, rendering);
  }
  return chosen;
}

/** The notification as the people of one rendering see it. */
export function localize(
  notification: Notification | undefined,
  locales: Locales | undefined,
  rendering: string | null,
): Notification | undefined {
  const parts = rendering === null ? undefined : locales?.[rendering];
  return parts === undefined ? notification : { ...notification, ...parts };
}
