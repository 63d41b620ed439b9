import { type Announcing, isAnnouncing, type Provider } from '../../providers/contract.js';
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
 * Whoever cancels or calls it back meanwhile waits for us: it is not completed before its planning has ended, and a recall
 * clears all screens once more when it has. One that was canceled in the middle is counted and taken back here.
 *
 * @returns false where its app has no such road, or the message does not fit it: then it goes the common way
 */
export async function announce(
  house: {
    readonly messages: Pick<MessageStore, 'announcing' | 'announced' | 'canceled' | 'complete'>;
    readonly devices: Pick<DeviceStore, 'count'>;
    readonly mailboxes: Pick<MailboxStore, 'withdraw'>;
    readonly providers: ProviderDirectory;
    readonly clock: Clock;
  },
  message: SendableMessage,
  audience: Audience,
): Promise<boolean> {
  const { app, id } = message;
  if (announcer(house.providers, app) === undefined) return false;
  const road = { name: REALTIME, kind: REALTIME, channels: house.providers.channels(app) };
  const rendered = renderMessage(message, road, { rendering: null, step: 0 }, house.clock.now());
  // Planned by somebody else meanwhile, or canceled.
  if (!(await house.messages.announcing(id))) return true;
  const reached = await announcer(house.providers, app)?.announce(rendered);
  if (reached === undefined) return false;
  const devices = await house.devices.count(app, audience, DEVICES_MAX);
  await house.messages.announced(id, { reached, unreached: Math.max(0, devices - reached) });
  if ((await house.messages.canceled([id])).has(id)) {
    await house.mailboxes.withdraw(app, id, undefined, house.clock.now());
    await house.messages.complete([id], house.clock.now());
  }
  return true;
}

function announcer(providers: ProviderDirectory, app: string): (Provider & Announcing) | undefined {
  const provider = providers.open(app, REALTIME);
  return provider !== undefined && isAnnouncing(provider) ? provider : undefined;
}
