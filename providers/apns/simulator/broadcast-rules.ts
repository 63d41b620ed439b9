/**
 * The rules for a push to a broadcast channel, from Apple's "Sending broadcast push notification requests to APNs" and
 * its table of reasons for broadcasts. Which of two mistakes is told first is not said. Pure.
 */
import type { Refusal } from './answers.js';
import { refuseMismatch } from './payload-rules.js';
import { type RequestHeaders, refuseExpiration, refusePriority, type Sender } from './request-rules.js';

const PAYLOAD_BYTES_MAX = 5120;
export const CHANNEL_ID = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const PUSH_TYPE = 'liveactivity';
/** A suffix such as `.push-type.liveactivity` belongs to the topics of devices. */
const SUFFIXED = /\.push-type\.[a-z]+$/;

/** Checks the header fields but `apns-request-id`, and whose app it is. Whether the channel exists is not decided here. */
export function refuseBroadcast(headers: RequestHeaders, sender: Sender, bundleId: string): Refusal | undefined {
  const channelId = headers['apns-channel-id'];
  const pushType = headers['apns-push-type'];
  if (channelId === undefined || channelId === '') return { status: 400, reason: 'MissingChannelId' };
  if (!CHANNEL_ID.test(channelId)) return { status: 400, reason: 'BadChannelId' };
  if (pushType === undefined || pushType === '') return { status: 400, reason: 'MissingPushType' };
  if (pushType !== PUSH_TYPE) return { status: 400, reason: 'InvalidPushType' };
  if (!maySendFor(sender, bundleId)) return { status: 400, reason: 'TopicDisallowed' };
  return refusePriority(headers['apns-priority'], PUSH_TYPE) ?? refuseExpiration(headers['apns-expiration']);
}

/** Checks emptiness, size and shape: a broadcast updates or ends activities. */
export function refuseBroadcastPayload(bytes: number, json: string | undefined): Refusal | undefined {
  if (bytes === 0 || json === undefined) return { status: 400, reason: 'PayloadEmpty' };
  if (bytes > PAYLOAD_BYTES_MAX) return { status: 413, reason: 'PayloadTooLarge' };
  const { aps } = JSON.parse(json) as { readonly aps?: { readonly event?: unknown } };
  const fits = aps?.event !== 'start' && refuseMismatch(json, PUSH_TYPE) === undefined;
  return fits ? undefined : { status: 400, reason: 'BadRequestPayload' };
}

export function maySendFor(sender: Sender, bundleId: string): boolean {
  if ('topics' in sender || SUFFIXED.test(bundleId)) return false; // Live Activities take no certificates
  return sender.bundleIds === 'any' || sender.bundleIds.includes(bundleId);
}
