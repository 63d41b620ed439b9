import { isAnnouncing } from '../../providers/contract.js';
import type { Audience } from '../domain/audience.js';
import { REALTIME } from '../domain/route.js';
import type { Clock } from '../domain/time.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { MailboxStore } from '../ports/mailbox-store.js';
import type { MessageStore, SendableMessage } from '../ports/message-store.js';
import type { ProviderDirectory } from './provider-directory.js';
import { renderMessage } from './render.js';

/** Counting stops here; no store of ours holds as many. */
const DEVICES_MAX = 100_000_000;

/**
 * Whether the message is for every device of its app, in the same words, over their connections only: then it needs no
 * chunks, and costs the same for a million devices as for one.
 *
 * @param cursor of its plan: one that went the common way before goes on so
 */
export function isForTheLog({ content, terms }: SendableMessage, cursor: string): boolean {
  const audience = content?.audience;
  const steps = terms.route?.steps ?? [];
  return (
    audience !== undefined &&
    cursor === '' &&
    isExactlyEveryone(audience) &&
    content?.locales === undefined &&
    terms.perUser === undefined &&
    terms.ttlSeconds > 0 &&
    terms.perUser === undefined &&
    steps.length === 1 &&
    steps[0]?.via === REALTIME
  );
}

function isExactlyEveryone(audience: Audience): boolean {
  const { everyone, pushTokens, onlyPlatforms, onlyProviders, onlyFilter, exceptUsers, exceptDevices, exceptTopics } =
    audience;
  return (
    everyone &&
    pushTokens.length === 0 &&
    onlyPlatforms === undefined &&
    onlyProviders === undefined &&
    onlyFilter === undefined &&
    exceptUsers.length === 0 &&
    exceptDevices.length === 0 &&
    (exceptTopics ?? []).length === 0
  );
}

/**
 * Adds the message to the log for everyone and ends its planning. Can be killed at any point and run again.
 *
 * @returns false where its app has no such road, or the message does not fit it: then it goes the common way
 */
export async function announce(
  house: {
    readonly messages: Pick<MessageStore, 'announced' | 'canceled'>;
    readonly devices: Pick<DeviceStore, 'count'>;
    readonly mailboxes: Pick<MailboxStore, 'withdraw'>;
    readonly providers: ProviderDirectory;
    readonly clock: Clock;
  },
  message: SendableMessage,
  audience: Audience,
): Promise<boolean> {
  const { app, id } = message;
  const provider = house.providers.open(app, REALTIME);
  if (provider === undefined || !isAnnouncing(provider)) return false;
  const road = { name: REALTIME, kind: REALTIME, channels: house.providers.channels(app) };
  const rendered = renderMessage(message, road, { rendering: null, step: 0 }, house.clock.now());
  const reached = await provider.announce(rendered);
  if (reached === undefined) return false;
  const devices = await house.devices.count(app, audience, DEVICES_MAX);
  const wasOpen = await house.messages.announced(id, { reached, unreached: Math.max(0, devices - reached) });
  // Canceled in between, or announced by somebody else: only the first takes it back.
  if (!wasOpen && (await house.messages.canceled([id])).has(id)) {
    await house.mailboxes.withdraw(app, id, undefined, house.clock.now());
  }
  return true;
}
