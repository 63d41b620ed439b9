/** The part of an FCM message that each platform reads, from one of ours. Source: FCM v1 reference, "Message". */
import { createHash } from 'node:crypto';
import type { JsonObject, Message, Notification } from '../contract.js';
import { androidChannel, apsChannel, soundOf } from './channel.js';

/** Android and the APNs road of FCM keep a message for four weeks at most. */
export const TTL_SECONDS_MAX = 28 * 24 * 60 * 60;

/** RFC 8030 §5.4: a Topic is at most 32 characters of the base64url alphabet. */
const WEB_TOPIC = /^[A-Za-z0-9_-]{1,32}$/;

export interface Timing {
  readonly ttlSeconds: number;
  /** For what is absolute in Apple's header; epoch milliseconds. */
  readonly nowMs: number;
}

/** Android shows a notification with a title or a body only. */
export function hasText({ title, body }: Notification): boolean {
  return title !== undefined || body !== undefined;
}

/** What all platforms share; `undefined` where nothing would be seen. */
export function sharedNotification(notification: Notification | undefined): JsonObject | undefined {
  if (notification === undefined || !hasText(notification)) return undefined;
  const { title, body, image } = notification;
  return {
    ...(title === undefined ? {} : { title }),
    ...(body === undefined ? {} : { body }),
    ...(image === undefined ? {} : { image }),
  };
}

export function androidBlock(message: Message): JsonObject {
  const { notification, priority, collapseKey } = message;
  const sound = soundOf(message);
  const badge = notification?.badge;
  return {
    priority: priority === 'high' ? 'HIGH' : 'NORMAL',
    ...(collapseKey === undefined ? {} : { collapse_key: collapseKey }),
    ...(notification !== undefined && hasText(notification)
      ? {
          notification: {
            ...androidChannel(message),
            ...(sound === undefined ? {} : { sound }),
            // 0 would mean "count one more" here, so it is left to the app.
            ...(badge === undefined || badge === 0 ? {} : { notification_count: badge }),
            ...(collapseKey === undefined ? {} : { tag: collapseKey }),
          },
        }
      : {}),
  };
}

export function apnsBlock(message: Message): JsonObject {
  const { notification, collapseKey } = message;
  const { image, media, badge, thread } = notification ?? {};
  const sound = notification === undefined ? undefined : soundOf(message);
  const hasMedia = image !== undefined || (media?.length ?? 0) > 0;
  return {
    ...(collapseKey === undefined ? {} : { headers: { 'apns-collapse-id': collapseKey } }),
    payload: {
      aps: {
        ...(notification === undefined ? { 'content-available': 1 } : apsChannel(message)),
        ...(sound === undefined ? {} : { sound }),
        ...(badge === undefined ? {} : { badge }),
        ...(thread === undefined ? {} : { 'thread-id': thread }),
        ...(hasMedia ? { 'mutable-content': 1 } : {}),
      },
    },
    ...(image === undefined ? {} : { fcm_options: { image } }),
  };
}

export function webpushBlock({ notification, priority, collapseKey }: Message): JsonObject {
  const link = notification?.click?.url;
  return {
    headers: {
      Urgency: priority,
      ...(collapseKey === undefined ? {} : { Topic: webTopic(collapseKey) }),
    },
    ...(notification !== undefined && hasText(notification)
      ? {
          notification: {
            ...(notification.image === undefined ? {} : { image: notification.image }),
            ...(notification.actions?.length
              ? { actions: notification.actions.map(({ id, title }) => ({ action: id, title })) }
              : {}),
            ...(collapseKey === undefined ? {} : { tag: collapseKey }),
          },
        }
      : {}),
    ...(link?.startsWith('https://') ? { fcm_options: { link } } : {}),
  };
}

/** What no override may take away: how long each platform keeps the message. */
export function lifeTime({ ttlSeconds, nowMs }: Timing): JsonObject {
  const seconds = Math.min(Math.max(0, Math.floor(ttlSeconds)), TTL_SECONDS_MAX);
  const expiration = seconds === 0 ? 0 : Math.floor(nowMs / 1000) + seconds;
  return {
    android: { ttl: `${seconds}s` },
    apns: { headers: { 'apns-expiration': String(expiration) } },
    webpush: { headers: { TTL: String(seconds) } },
  };
}

/** The key itself where it may be a Topic, else one as good as unique to it. */
function webTopic(collapseKey: string): string {
  if (WEB_TOPIC.test(collapseKey)) return collapseKey;
  return createHash('sha256').update(collapseKey).digest('base64url').slice(0, 32);
}

/**
 * What our SDK on the device reads, as JSON text, since FCM's data knows text only: whose receipt it is,
 * what a tap opens, what else is to be fetched. The same words as in the APNs payload.
 */
export function ourBlock({ id, notification }: Message): string {
  const { click, image, media } = notification ?? {};
  const all = [
    ...(image === undefined ? [] : [{ url: image, type: 'image' }]),
    ...(media ?? []).map(({ url, type }) => ({ url, type })),
  ];
  return JSON.stringify({
    id,
    ...(click === undefined
      ? {}
      : {
          click: {
            ...(click.url === undefined ? {} : { url: click.url }),
            ...(click.deepLink === undefined ? {} : { deep_link: click.deepLink }),
          },
        }),
    ...(all.length === 0 ? {} : { media: all }),
  });
}
