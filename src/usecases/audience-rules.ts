import {
  type Audience,
  type AudienceMember,
  bareTargetsIn,
  isBroad,
  reaches,
  SMALL_AUDIENCE_MAX,
} from '../domain/audience.js';
import { GatewayError } from '../domain/errors.js';
import type { DeviceStore } from '../ports/device-store.js';

type Holders = Awaited<ReturnType<DeviceStore['holders']>>;

/** A push token of a device that is reached anyway would reach it twice. */
export async function withoutDoubles(
  app: string,
  audience: Audience,
  holdersOf: (tokens: Parameters<DeviceStore['holders']>[0]) => Promise<Holders>,
): Promise<Audience> {
  const hasOthers = isBroad(audience) || audience.users.length + audience.devices.length > 0;
  if (!hasOthers || audience.pushTokens.length === 0) return audience;
  const holders = await holdersOf(audience.pushTokens.map(({ provider, tokenHash }) => ({ app, provider, tokenHash })));
  const pushTokens = audience.pushTokens.filter(({ provider, tokenHash }) => {
    const holder = holders.get(`${app}|${provider}|${tokenHash}`);
    return holder === undefined || !reaches(audience, holder);
  });
  return { ...audience, pushTokens };
}

/**
 * Counts an audience that could be larger than the caller means. Named targets are at most a thousand names;
 * without a bound of the caller's own nothing needs counting.
 *
 * @returns devices and bare push tokens, or undefined where nothing was counted
 * @throws GatewayError `audience_too_large`
 */
export async function countWithin(
  house: { readonly devices: DeviceStore; readonly broadcastDevicesMax: number },
  draft: { readonly app: string; readonly maxDevices?: number },
  audience: Audience,
): Promise<number | undefined> {
  if (!isBroad(audience) && draft.maxDevices === undefined) return undefined;
  const cap = draft.maxDevices ?? house.broadcastDevicesMax;
  const count = (await house.devices.count(draft.app, audience, cap)) + bareTargetsIn(audience).length;
  return within(house, draft, count);
}

/**
 * Counts an audience as {@link countWithin} does, and resolves it where it is broad, but so small that the caller can
 * wait for it.
 *
 * @returns all its members; undefined for a named audience and for a large one
 * @throws GatewayError `audience_too_large`
 */
export async function resolveBroad(
  house: { readonly devices: DeviceStore; readonly broadcastDevicesMax: number },
  draft: { readonly app: string; readonly maxDevices?: number },
  audience: Audience,
): Promise<readonly AudienceMember[] | undefined> {
  if (isBroad(audience)) {
    const few = { limit: SMALL_AUDIENCE_MAX + 1, after: '' };
    const members = await house.devices.members(draft.app, audience, few);
    const count = members.length + bareTargetsIn(audience).length;
    if (count <= SMALL_AUDIENCE_MAX) {
      within(house, draft, count);
      return members;
    }
  }
  await countWithin(house, draft, audience);
  return undefined;
}

function within(
  house: { readonly broadcastDevicesMax: number },
  draft: { readonly maxDevices?: number },
  count: number,
): number {
  const cap = draft.maxDevices ?? house.broadcastDevicesMax;
  if (count <= cap) return count;
  const what =
    draft.maxDevices === undefined
      ? `the audience has more than ${cap} devices (limits.broadcast_devices); say so with max_devices if it is meant`
      : `the audience has more than the ${cap} devices of max_devices`;
  throw new GatewayError('audience_too_large', `${what}. Nothing was sent.`);
}

/** Named users and devices of which no member came. */
export function namesWithoutDevice(audience: Audience, members: readonly AudienceMember[]): string[] {
  const users = new Set(members.map((member) => member.user));
  const devices = new Set(members.map((member) => member.device));
  return [
    ...audience.users.filter((user) => !users.has(user)),
    ...audience.devices.filter((device) => !devices.has(device)),
  ];
}

/** What a caller is told of an audience whose every member is known. */
export function summarize(members: readonly AudienceMember[], bare: number, noDevice: readonly string[]) {
  const byPlatform: Record<string, number> = {};
  for (const member of members) byPlatform[member.platform] = (byPlatform[member.platform] ?? 0) + 1;
  const users = new Set(members.flatMap((member) => member.user ?? [])).size;
  return { state: 'resolved' as const, users, devices: members.length + bare, byPlatform, noDevice };
}
