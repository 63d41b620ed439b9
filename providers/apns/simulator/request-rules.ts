/**
 * The rules for one request, from Apple's "Sending notification requests to APNs" (headers, topics, sizes)
 * and "Handling notification responses from APNs" (status and reason of each refusal). Pure.
 */
import type { Refusal } from './answers.js';

const DEVICE_PATH = '/3/device';
const BROADCAST_PATH = /^\/4\/broadcasts\/apps\/([A-Za-z0-9.-]+)$/;
const PAYLOAD_BYTES_MAX = 4096;
const VOIP_PAYLOAD_BYTES_MAX = 5120;
const COLLAPSE_ID_BYTES_MAX = 64;
const CANONICAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Bytes in hexadecimal. Apple asks senders not to assume a length. */
const DEVICE_TOKEN = /^(?:[0-9a-f]{2})+$/i;
const TOPIC = /^[A-Za-z0-9.-]+$/;
/** A whole number of seconds; twelve digits reach past the year 30,000. */
const EPOCH_SECONDS = /^\d{1,12}$/;

/** What follows the bundle id in the topic of each push type. */
const TOPIC_SUFFIX: ReadonlyMap<string, string> = new Map([
  ['alert', ''],
  ['background', ''],
  ['complication', '.complication'],
  ['controls', '.push-type.controls'],
  ['fileprovider', '.pushkit.fileprovider'],
  ['liveactivity', '.push-type.liveactivity'],
  ['location', '.location-query'],
  ['mdm', ''],
  ['pushtotalk', '.voip-ptt'],
  ['voip', '.voip'],
  ['widgets', '.push-type.widgets'],
]);

/** Where Apple names priorities for a push type. 10 is an error for a background push; the others name 10 and 5. */
const PRIORITIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['background', ['5', '1']],
  ['liveactivity', ['10', '5']],
  ['location', ['10', '5']],
]);

/** Push types that APNs takes over token authentication alone. */
const TOKEN_ONLY: ReadonlySet<string> = new Set(['liveactivity', 'location']);

/** Who sends: apps whose key signed the token, or a certificate with the topics it lists. */
export type Sender =
  | { readonly bundleIds: readonly string[] | 'any' }
  | { readonly uid: string; readonly topics: readonly string[] };

export type RequestHeaders = Readonly<Record<string, string>>;

/** Whom a request is for: a device, or the channel of an app that its header names. */
export type ApnsTarget =
  | { readonly kind: 'device'; readonly token: string }
  | { readonly kind: 'broadcast'; readonly bundleId: string };

/** What a path names, or the refusal of method or path. */
export function readTarget(method: string, path: string): ApnsTarget | Refusal {
  const bundleId = BROADCAST_PATH.exec(path)?.[1];
  if (bundleId !== undefined) {
    return method === 'POST' ? { kind: 'broadcast', bundleId } : { status: 405, reason: 'MethodNotAllowed' };
  }
  if (path !== DEVICE_PATH && !path.startsWith(`${DEVICE_PATH}/`)) return { status: 404, reason: 'BadPath' };
  if (method !== 'POST') return { status: 405, reason: 'MethodNotAllowed' };
  const token = path.slice(DEVICE_PATH.length + 1);
  if (token === '') return { status: 400, reason: 'MissingDeviceToken' };
  if (token.includes('/')) return { status: 404, reason: 'BadPath' };
  return { kind: 'device', token };
}

/** `true` for an id that APNs would take over and echo. */
export function isCanonicalId(id: string): boolean {
  return CANONICAL_UUID.test(id);
}

/** Refuses a token that is no hexadecimal string. Whether it is alive is not decided here. */
export function refuseToken(token: string): Refusal | undefined {
  return DEVICE_TOKEN.test(token) ? undefined : { status: 400, reason: 'BadDeviceToken' };
}

/** Checks every `apns-*` header but `apns-id`. */
export function refuseHeaders(headers: RequestHeaders, sender: Sender): Refusal | undefined {
  const pushType = headers['apns-push-type'];
  return (
    refusePushType(pushType) ??
    ('topics' in sender
      ? refuseCertificateTopic(headers['apns-topic'], pushType, sender)
      : refuseTopic(headers['apns-topic'], pushType, sender.bundleIds)) ??
    refusePriority(headers['apns-priority'], pushType) ??
    refuseExpiration(headers['apns-expiration']) ??
    refuseCollapseId(headers['apns-collapse-id'])
  );
}

/** Checks emptiness, size and shape. `json` is the body when it is one JSON object, else `undefined`. */
export function refusePayload(
  bytes: number,
  json: string | undefined,
  pushType: string | undefined,
): Refusal | undefined {
  if (bytes === 0) return { status: 400, reason: 'PayloadEmpty' };
  const bytesMax = pushType === 'voip' ? VOIP_PAYLOAD_BYTES_MAX : PAYLOAD_BYTES_MAX;
  if (bytes > bytesMax) return { status: 413, reason: 'PayloadTooLarge' };
  // Apple documents no reason for a body that is no JSON dictionary; to APNs such a payload says nothing.
  if (json === undefined) return { status: 400, reason: 'PayloadEmpty' };
  return undefined;
}

function refuseTopic(
  topic: string | undefined,
  pushType: string | undefined,
  bundleIds: readonly string[] | 'any',
): Refusal | undefined {
  if (topic === undefined || topic === '') return { status: 400, reason: 'MissingTopic' };
  if (!TOPIC.test(topic)) return { status: 400, reason: 'BadTopic' };
  // An MDM topic comes with an MDM certificate.
  if (pushType === 'mdm') return { status: 400, reason: 'TopicDisallowed' };
  // Without a push type APNs goes by the topic, so that any known suffix will do.
  const suffixes = pushType === undefined ? [...TOPIC_SUFFIX.values()] : [TOPIC_SUFFIX.get(pushType)];
  if (bundleIds === 'any') {
    const fits = suffixes.some(
      (suffix) => suffix !== undefined && topic.length > suffix.length && topic.endsWith(suffix),
    );
    return fits ? undefined : { status: 400, reason: 'BadTopic' };
  }
  for (const bundleId of bundleIds) {
    if (topic.startsWith(bundleId) && suffixes.includes(topic.slice(bundleId.length))) return undefined;
  }
  const isOfKnownApp = bundleIds.some((id) => topic === id || topic.startsWith(`${id}.`));
  return { status: 400, reason: isOfKnownApp ? 'BadTopic' : 'TopicDisallowed' };
}

function refusePushType(pushType: string | undefined): Refusal | undefined {
  if (pushType === undefined || TOPIC_SUFFIX.has(pushType)) return undefined;
  return { status: 400, reason: 'InvalidPushType' };
}

/** Without a header the topic is the certificate's own, unless the certificate lists several. */
function refuseCertificateTopic(
  given: string | undefined,
  pushType: string | undefined,
  { uid, topics }: Extract<Sender, { topics: unknown }>,
): Refusal | undefined {
  const topic = given ?? (topics.length === 1 ? topics[0] : undefined);
  if (topic === undefined || topic === '') return { status: 400, reason: 'MissingTopic' };
  if (!TOPIC.test(topic)) return { status: 400, reason: 'BadTopic' };
  if (!topics.includes(topic)) return { status: 400, reason: 'TopicDisallowed' };
  if (pushType === undefined) return undefined;
  if (TOKEN_ONLY.has(pushType)) return { status: 400, reason: 'TopicDisallowed' };
  return topic === `${uid}${TOPIC_SUFFIX.get(pushType)}` ? undefined : { status: 400, reason: 'BadTopic' };
}

export function refusePriority(priority = '10', pushType: string | undefined): Refusal | undefined {
  const isKnown = priority === '10' || priority === '5' || priority === '1';
  // "Specifying the priority of 10 for this push type is an error", and 10 is what an absent header means.
  const isAllowed = isKnown && (PRIORITIES.get(pushType ?? '')?.includes(priority) ?? true);
  if (isAllowed) return undefined;
  return { status: 400, reason: 'BadPriority' };
}

export function refuseExpiration(expiration: string | undefined): Refusal | undefined {
  if (expiration === undefined || EPOCH_SECONDS.test(expiration)) return undefined;
  return { status: 400, reason: 'BadExpirationDate' };
}

function refuseCollapseId(collapseId: string | undefined): Refusal | undefined {
  // Node hands out one character per byte of a header value.
  if (collapseId === undefined || collapseId.length <= COLLAPSE_ID_BYTES_MAX) return undefined;
  return { status: 400, reason: 'BadCollapseId' };
}
