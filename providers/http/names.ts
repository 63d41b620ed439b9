/** What templates may name, by where they stand, and the values of these names. */
import type { Json, Message, Target } from '../contract.js';
import { collapseNumber } from '../shared/collapse-number.js';
import { appData } from '../shared/message-parts.js';
import type { LookUp, Names } from './template.js';

/** Plain words and figures: fit for a header field as well. */
const PLAIN = [
  'message_id',
  'app',
  'ttl_seconds',
  'expires_at',
  'expires_at_s',
  'expires_at_ms',
  'now',
  'now_s',
  'now_ms',
  'priority',
  'class',
  'channel',
  'collapse_key',
  'collapse_number',
] as const;
const TEXTS = ['title', 'body', 'click_url', 'deep_link', 'image', 'sound', 'thread'] as const;
const VALUES = ['badge', 'media', 'actions', 'data', 'app_data'] as const;
/** Of one target. */
const OF_TARGET = ['token', 'notification_id'] as const;
/** Of all targets of a request. */
const OF_REQUEST = ['tokens', 'targets'] as const;

const FAMILIES = ['data.', 'setting.', 'secret.'];

export type Place = 'url' | 'query' | 'header' | 'body' | 'target' | 'text';

/** @param isBatch a request may have several targets: then only a target's own template may name one of them */
export function namesFor(place: Place, isBatch: boolean, hasTargets: boolean): Names {
  const one = isBatch ? [] : OF_TARGET;
  const many = hasTargets ? OF_REQUEST : ['tokens'];
  switch (place) {
    case 'header':
      return { known: [...PLAIN, ...(isBatch ? [] : ['notification_id'])], families: ['secret.'] };
    case 'url':
    case 'query':
      return { known: [...PLAIN, ...TEXTS, 'text', ...one, 'tokens'], families: FAMILIES };
    case 'body':
      return { known: [...PLAIN, ...TEXTS, ...VALUES, 'text', ...one, ...many], families: FAMILIES };
    case 'target':
      return { known: [...PLAIN, ...TEXTS, ...VALUES, 'text', ...OF_TARGET], families: FAMILIES };
    case 'text':
      return { known: [...TEXTS, 'badge', 'message_id', 'app'], families: ['data.', 'setting.'] };
    default:
      return place satisfies never;
  }
}

/** It is different for each request of a message. */
export function isOfTargets(name: string): boolean {
  return (OF_TARGET as readonly string[]).includes(name) || (OF_REQUEST as readonly string[]).includes(name);
}

/** @param secrets by name, without `secret.` */
export function messageValues(message: Message, now: number, secrets: Readonly<Record<string, string>>): LookUp {
  const { notification = {}, channel } = message;
  const { expiresAt } = message;
  const values: Readonly<Record<string, Json | undefined>> = {
    message_id: message.id,
    app: message.app,
    ttl_seconds: message.ttlSeconds,
    expires_at: expiresAt === undefined ? undefined : new Date(expiresAt).toISOString(),
    expires_at_s: expiresAt === undefined ? undefined : Math.floor(expiresAt / 1_000),
    expires_at_ms: expiresAt,
    now: new Date(now).toISOString(),
    now_s: Math.floor(now / 1_000),
    now_ms: now,
    priority: message.priority,
    class: message.class ?? 'marketing',
    channel: channel?.name,
    collapse_key: message.collapseKey,
    collapse_number: collapseNumber(message.collapseKey ?? message.id),
    title: notification.title,
    body: notification.body,
    click_url: notification.click?.url,
    deep_link: notification.click?.deepLink,
    image: notification.image,
    sound: notification.sound ?? channel?.sound,
    thread: notification.thread,
    badge: notification.badge,
    media: notification.media?.map(({ url, type }) => ({ url, type })),
    actions: notification.actions?.map(({ id, title, url }) => ({ id, title, ...(url === undefined ? {} : { url }) })),
    data: message.data,
    app_data: appData(message),
  };
  const settings = channel?.settings;
  return (name) => {
    if (Object.hasOwn(values, name)) return values[name];
    const dot = name.indexOf('.');
    const [family, key] = [name.slice(0, dot), name.slice(dot + 1)];
    if (family === 'data') return own(message.data, key);
    if (family === 'secret') return own(secrets, key);
    return family === 'setting' && isGroup(settings) ? own(settings, key) : undefined;
  };
}

export function targetValues({ pushToken, notificationId }: Pick<Target, 'pushToken' | 'notificationId'>): LookUp {
  return (name) => (name === 'token' ? pushToken : name === 'notification_id' ? notificationId : undefined);
}

function own(group: Readonly<Record<string, Json>> | undefined, key: string): Json | undefined {
  return group !== undefined && Object.hasOwn(group, key) ? group[key] : undefined;
}

function isGroup(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
