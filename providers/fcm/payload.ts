/**
 * A message to the `message` of FCM's `messages:send`, and that to the body for one device. Source: FCM
 * v1 reference, "Message"; field names in snake_case throughout.
 */
import type { Json, JsonObject, Message, Misfit, PushToken } from '../contract.js';
import { isJsonObject, mergePatch } from '../shared/merge-patch.js';
import {
  androidBlock,
  apnsBlock,
  lifeTime,
  ourBlock,
  sharedNotification,
  type Timing,
  webpushBlock,
} from './blocks.js';
import { at, contentMisfits, error, overrideDataMisfits, overrideMisfits, shapeMisfits } from './misfits.js';

/** FCM, "About FCM messages": for messages to devices; for each platform what its devices are sent. */
export const PAYLOAD_BYTES_MAX = 4096;

export interface Compiled {
  /** All but the address. */
  readonly message: JsonObject;
}

export interface Compilation {
  /** Absent where a misfit of severity `error` is. */
  readonly compiled?: Compiled;
  readonly misfits: readonly Misfit[];
}

/** Pure. `nowMs` turns the TTL into Apple's absolute `apns-expiration`. */
export function compile(message: Message, nowMs: number): Compilation {
  const override = message.override ?? {};
  const misfits = [
    ...contentMisfits(message),
    ...overrideMisfits(override),
    ...overrideDataMisfits(override),
    ...shapeMisfits(override),
  ];
  if (misfits.some(isError)) return { misfits };
  // An object merged into an object is one.
  const merged = mergePatch(baseMessage(message), override) as JsonObject;
  const whole = withTags(complete(merged, message, { ttlSeconds: message.ttlSeconds, nowMs }), message.id);
  const compiled = { message: whole };
  for (const [platform, bytes] of sizes(whole)) {
    if (bytes <= PAYLOAD_BYTES_MAX) continue;
    const detail = `on ${platform} the payload has ${bytes} bytes; FCM takes ${PAYLOAD_BYTES_MAX}`;
    misfits.push(error('payload_too_large', detail));
    return { misfits };
  }
  return { compiled, misfits };
}

/** The request body for one device. */
export function encode({ message }: Compiled, pushToken: PushToken): Buffer {
  return toBody({ message: { token: pushToken, ...message } });
}

/** The same for a trial, which FCM judges and delivers to nobody. */
export function encodeTrial({ message }: Compiled, pushToken: PushToken): Buffer {
  return toBody({ validate_only: true, message: { token: pushToken, ...message } });
}

function toBody(body: JsonObject): Buffer {
  return Buffer.from(JSON.stringify(body), 'utf8');
}

function baseMessage(message: Message): JsonObject {
  const notification = sharedNotification(message.notification);
  return {
    data: { ...message.data, pealbell: ourBlock(message) },
    ...(notification === undefined ? {} : { notification }),
    android: androidBlock(message),
    apns: apnsBlock(message),
    webpush: webpushBlock(message),
  };
}

const APNS_PRIORITY: Readonly<Record<Message['priority'], string>> = { high: '10', normal: '5', low: '1' };

/** Puts back what an override must not take away, and adds the header fields that follow from what it made. */
function complete(merged: JsonObject, message: Message, timing: Timing): JsonObject {
  const data = { pealbell: ourBlock(message) };
  // A platform's own data stands in place of the common data there.
  const own = (block: string) => (at(merged, [block, 'data']) === undefined ? {} : { [block]: { data } });
  const ours = mergePatch(lifeTime(timing), { data, ...own('android'), ...own('webpush') });
  const isAlert = isAlertOnIos(merged);
  const defaults = {
    'apns-push-type': isAlert ? 'alert' : 'background',
    'apns-priority': isAlert ? APNS_PRIORITY[message.priority] : '5',
  };
  // Objects merged into objects.
  return mergePatch({ apns: { headers: defaults } }, mergePatch(merged, ours)) as JsonObject;
}

/** Apple: a push with an alert, a badge or a sound is no background push. FCM makes the alert of `notification`. */
function isAlertOnIos(message: JsonObject): boolean {
  if (at(message, ['notification']) !== undefined) return true;
  const aps = at(message, ['apns', 'payload', 'aps']);
  return isJsonObject(aps) && ['alert', 'badge', 'sound'].some((key) => Object.hasOwn(aps, key));
}

/**
 * What is shown is known on the screen by the message, where nothing else names it: a copy that comes again, or over the
 * device's own connection, takes its place.
 */
function withTags(message: JsonObject, tag: string): JsonObject {
  const isShown = (block: string) =>
    at(message, ['notification']) !== undefined || at(message, [block, 'notification']) !== undefined;
  const takes = (path: readonly string[]) => at(message, path) === undefined;
  const { android, apns, webpush } = message;
  return {
    ...message,
    ...(isShown('android') && takes(['android', 'notification', 'tag'])
      ? { android: withIn(android, 'notification', 'tag', tag) }
      : {}),
    ...(isAlertOnIos(message) && takes(['apns', 'headers', 'apns-collapse-id'])
      ? { apns: withIn(apns, 'headers', 'apns-collapse-id', tag) }
      : {}),
    ...(isShown('webpush') && takes(['webpush', 'notification', 'tag'])
      ? { webpush: withIn(webpush, 'notification', 'tag', tag) }
      : {}),
  };
}

function withIn(block: Json | undefined, part: string, key: string, value: string): JsonObject {
  const outer = isJsonObject(block) ? block : {};
  const inner = outer[part];
  return { ...outer, [part]: { ...(isJsonObject(inner) ? inner : {}), [key]: value } };
}

/** UTF-8 bytes of what a device of each platform is sent, as JSON. FCM does not say how it counts; this is no less. */
function sizes(message: JsonObject): [string, number][] {
  const get = (...path: string[]) => at(message, path) ?? {};
  const shared = get('notification');
  const data = get('data');
  const { image: _, ...alert } = isJsonObject(shared) ? shared : {};
  const ios = mergePatch({ aps: Object.keys(alert).length === 0 ? {} : { alert } }, data);
  const onAndroid = mergePatch(shared, get('android', 'notification'));
  const onWeb = mergePatch(shared, get('webpush', 'notification'));
  return [
    ['Android', bytesOf({ data: mergePatch(data, get('android', 'data')), notification: onAndroid })],
    ['iOS', bytesOf(mergePatch(ios, get('apns', 'payload')))],
    ['the web', bytesOf({ data: mergePatch(data, get('webpush', 'data')), notification: onWeb })],
  ];
}

function bytesOf(json: Json): number {
  return Buffer.byteLength(JSON.stringify(json));
}

function isError({ severity }: Misfit): boolean {
  return severity === 'error';
}
