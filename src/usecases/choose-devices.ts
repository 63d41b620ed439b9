import { type Audience, type AudienceMember, reaches } from '../domain/audience.js';
import { choosePerUser, type PerUserRule } from '../domain/per-user.js';
import type { EpochMs } from '../domain/time.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { LiveBus } from '../ports/live-bus.js';

/** Devices looked at by one step. */
const STEP_MAX = 1_000;

/** Applies `delivery.per_user` while a message is planned. */
export interface ChooseDevices {
  /** Of a whole audience. Order is kept. */
  ofAll(app: string, rule: PerUserRule, members: readonly AudienceMember[]): Promise<readonly AudienceMember[]>;
  /**
   * Of one page of an audience that is walked in device order: each user is decided about once, on the page where the
   * first of their devices stands, also about those that stand on later pages. What changes meanwhile decides nothing
   * anew. Of a user with more than 1,000 devices the first 1,000 are looked at.
   *
   * @param page.after where the page begins; `members` are complete from there up to the last of them
   * @returns in device order
   */
  ofPage(
    app: string,
    rule: PerUserRule,
    audience: Audience,
    page: { readonly members: readonly AudienceMember[]; readonly after: string; readonly createdBefore: EpochMs },
  ): Promise<readonly AudienceMember[]>;
}

export function createChooseDevices(house: {
  readonly devices: Pick<DeviceStore, 'lastSeen' | 'ofUsers' | 'members'>;
  readonly bus: Pick<LiveBus, 'online'>;
}): ChooseDevices {
  const { devices } = house;

  return {
    async ofAll(app, rule, members) {
      if (rule === 'all') return members;
      const theirs = members.filter(({ user }) => user !== null).map(({ device }) => device);
      const seen = await devices.lastSeen(app, theirs);
      const rivals = members.map(({ device, user }) => ({ device, user, ...at(seen.get(device)) }));
      const chosen = choosePerUser(rule, rivals, await onlineOf(app, rule, theirs));
      return members.filter(({ device }) => chosen.has(device));
    },

    async ofPage(app, rule, audience, { members, after, createdBefore }) {
      if (rule === 'all') return members;
      const users = [...new Set(members.flatMap(({ user }) => user ?? []))];
      const theirs = await devices.ofUsers(app, users, createdBefore);
      const rivals = theirs
        .filter((candidate) => reaches(audience, candidate))
        .map(({ id, device, lastSeenAt }) => ({ device: id, user: device.user, ...at(lastSeenAt) }));
      const decided = new Set(rivals.filter(({ device }) => device <= after).map(({ user }) => user));
      const open = rivals.filter(({ user }) => !decided.has(user));
      const ids = open.map(({ device }) => device);
      const chosen = choosePerUser(rule, open, await onlineOf(app, rule, ids));
      const here = members.filter(({ device, user }) => user === null || chosen.has(device));
      const known = new Set(members.map(({ device }) => device));
      const elsewhere = await readMembers(
        app,
        audience,
        [...chosen].filter((device) => !known.has(device)),
      );
      return [...here, ...elsewhere].sort((a, b) => (a.device < b.device ? -1 : 1));
    },
  };

  async function onlineOf(app: string, rule: PerUserRule, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return rule === 'online_or_last_active' ? house.bus.online(app, ids) : new Set();
  }

  /** Devices of the audience that stand on no page yet, with the roads that lead to them. */
  async function readMembers(app: string, audience: Audience, ids: readonly string[]): Promise<AudienceMember[]> {
    const found: AudienceMember[] = [];
    for (let from = 0; from < ids.length; from += STEP_MAX) {
      const named: Audience = {
        users: [],
        devices: ids.slice(from, from + STEP_MAX),
        pushTokens: [],
        everyone: false,
        exceptUsers: [],
        exceptDevices: [],
        ...(audience.onlyProviders === undefined ? {} : { onlyProviders: audience.onlyProviders }),
      };
      found.push(...(await devices.members(app, named, { limit: STEP_MAX, after: '' })));
    }
    return found;
  }
}

function at(lastSeenAt: EpochMs | undefined): { readonly lastSeenAt?: EpochMs } {
  return lastSeenAt === undefined ? {} : { lastSeenAt };
}
