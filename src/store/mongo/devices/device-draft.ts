import { isDeepStrictEqual } from 'node:util';
import { type Excess, excessOf } from '../../../domain/attributes.js';
import type { EpochMs } from '../../../domain/time.js';
import type { DeviceChange } from '../../../ports/device-store.js';
import type { AtRest } from '../../at-rest.js';
import type { DeviceDoc } from '../documents/devices.js';
import { type ListedRegistration, listedIn, type Relisted, relist } from '../registrations/listed-registrations.js';
import { changedAttributes, changedNames, changedValues } from './changed-names.js';
import { attributesOf, type DeviceBody, fieldsOf } from './device-docs.js';

/** What a change makes of a device. */
export type DeviceDraft =
  | { readonly kind: 'missing' | 'platform_required' | 'not_theirs' }
  | { readonly kind: 'too_many'; readonly excess: Excess }
  | ({
      readonly kind: 'created' | 'updated';
      readonly body: DeviceBody;
      /** Something was said that is new; of one that is made everything is. */
      readonly isChanged: boolean;
      readonly isOtherUser: boolean;
    } & Relisted);

/**
 * @param before undefined where there is none, or it was removed; `life` is the number of the life it begins then
 * @param isLive of what it lists
 */
export function draftDevice(
  before: DeviceDoc | undefined,
  change: DeviceChange,
  at: { readonly now: EpochMs; readonly by: string; readonly atRest: AtRest; readonly life: number },
  isLive: (listed: ListedRegistration) => boolean,
): DeviceDraft {
  const { app, id, own } = change;
  const { user: said, platform: saidPlatform, ...patch } = change.fields;
  if (before === undefined && change.mode === 'update') return { kind: 'missing' };
  const platform = own === undefined || before === undefined ? (saidPlatform ?? before?.platform) : before.platform;
  if (platform === undefined) return { kind: 'platform_required' };
  const former = before?.user ?? null;
  if (before !== undefined && own !== undefined && former !== own.user) return { kind: 'not_theirs' };
  const user = own === undefined ? (said === undefined ? former : said) : own.user;

  const [fields, attributes] = before === undefined ? [{}, {}] : [fieldsOf(before), attributesOf(before)];
  const nextFields = changedValues(fields, patch);
  const nextAttributes = changedAttributes(attributes, change.attributes);
  const tags = changedNames(before?.tags ?? [], change.tags);
  const topics = changedNames(before?.topics ?? [], change.topics);
  const excess = excessOf({ attributes: nextAttributes, tags, topics });
  if (excess !== undefined) return { kind: 'too_many', excess };

  const since = new Map(before?.topics.map((topic, place) => [topic, before.topicsAt[place] ?? at.now]));
  const relisted = relist(app, before === undefined ? [] : listedIn(before).filter(isLive), change.registrations, at);
  const notificationsAt = 'notifications' in patch ? at.now : before?.notificationsAt;
  const body: DeviceBody = {
    app,
    device: id,
    ...(user === null ? {} : { user }),
    platform,
    fields: JSON.stringify(nextFields),
    attributes: JSON.stringify(nextAttributes),
    tags,
    topics,
    topicsAt: topics.map((topic) => since.get(topic) ?? at.now),
    registrations: JSON.stringify(relisted.list),
    createdAt: before?.createdAt ?? at.now,
    updatedAt: at.now,
    lastSeenAt: Math.max(before?.lastSeenAt ?? 0, at.now),
    ...(notificationsAt === undefined ? {} : { notificationsAt }),
    removedAt: 0,
    life: before?.life ?? at.life,
  };
  const isSame =
    former === user &&
    before?.platform === platform &&
    isDeepStrictEqual(fields, nextFields) &&
    isDeepStrictEqual(attributes, nextAttributes) &&
    isDeepStrictEqual(before.tags, tags) &&
    isDeepStrictEqual(before.topics, topics);
  return {
    kind: before === undefined ? 'created' : 'updated',
    body,
    isChanged: !isSame || relisted.isReaddressed,
    isOtherUser: before !== undefined && former !== user,
    ...relisted,
  };
}

/** Keys of a device that may be absent. */
const OPTIONAL = ['user', 'notificationsAt'] as const;

/** How a document becomes another one: what is not the same is written. */
export function updateTo(before: DeviceDoc, body: DeviceBody) {
  const entries = Object.entries(body).filter(
    ([key, value]) => !isDeepStrictEqual(before[key as keyof DeviceBody], value), // Keys of a body.
  );
  const unset = OPTIONAL.filter((key) => body[key] === undefined && before[key] !== undefined);
  return { set: Object.fromEntries(entries) as Partial<DeviceBody>, unset };
}
