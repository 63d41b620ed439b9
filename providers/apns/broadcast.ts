/**
 * Broadcast channels (iOS 18): one push to a channel reaches every Live Activity that subscribed to it. Source: Apple,
 * "Sending broadcast push notification requests to APNs". A channel is an address of purpose `broadcast`; its push token
 * is the channel id.
 */
import { InvalidInputError, type JsonObject, type Misfit, type PushToken } from '../contract.js';
import { error } from './misfit.js';

export const BROADCAST = 'broadcast';
/** The most recent message is kept for eight hours, in channels that keep one. */
export const BROADCAST_STORED_SECONDS_MAX = 8 * 60 * 60;

/** Apple fixes no length; those seen have 24 characters. */
const CHANNEL_ID_CHARACTERS_MAX = 256;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** As it is: the header takes it so. @throws InvalidInputError */
export function parseChannelId(raw: unknown): PushToken {
  if (typeof raw !== 'string' || raw === '' || raw.length > CHANNEL_ID_CHARACTERS_MAX || !BASE64.test(raw)) {
    throw new InvalidInputError(
      `the id of a broadcast channel is base64 text as Apple gave it, at most ${CHANNEL_ID_CHARACTERS_MAX} characters`,
    );
  }
  return raw as PushToken; // the brand is given here and in `kind.ts`
}

export function broadcastPath(bundleId: string): string {
  return `/4/broadcasts/apps/${bundleId}`;
}

/** In place of those of a device: no `apns-id`, and the bundle id is in the path. */
export function broadcastHeaders(channelId: PushToken, requestId: string): Readonly<Record<string, string>> {
  return { 'apns-channel-id': channelId, 'apns-request-id': requestId };
}

/** Pure: what a Live Activity's own address takes and a channel does not. */
export function checkBroadcast(aps: JsonObject | undefined): readonly Misfit[] {
  if (aps?.event !== 'start') return [];
  const pointer = '/overrides/apns/payload/aps/event';
  return [error('push_type_mismatch', 'a broadcast updates or ends activities; start them at their devices', pointer)];
}
