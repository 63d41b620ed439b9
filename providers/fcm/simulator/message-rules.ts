/**
 * What FCM itself finds wrong with a message whose JSON could be read. Pure.
 *
 * Source: FCM v1 reference ("Message", "AndroidConfig", "ApnsConfig", "WebpushFcmOptions"), "About FCM messages"
 * (sizes, reserved keys), "Topic messaging"; the headers of webpush: RFC 8030 §5. Google does not tell how it counts a
 * payload; here it is the bytes of keys and values, which no other way of counting undercuts.
 */
import { invalidArgument, type Refusal, unreadable } from './answers.js';
import type { FcmMessage } from './message-shape.js';
import { secondsOf } from './proto-json.js';

const PAYLOAD_BYTES_MAX = 4096;
const TOPIC_PAYLOAD_BYTES_MAX = 2048;
/** Four weeks. */
const TTL_SECONDS_MAX = 2_419_200;
const CONDITION_TOPICS_MAX = 5;
const TARGETS = ['token', 'fid', 'topic', 'condition'] as const;
/** An installation's id: 11 characters once, 22 today; then what it was registered with. */
const REGISTRATION_TOKEN = /^[\w-]{11,22}:[\w-]{100,4000}$/;
const INSTALLATION_ID = /^[\w-]{22}$/;
const TOPIC = /^[a-zA-Z0-9\-_.~%]+$/;
const RESERVED_KEY = /^(?:from$|message_type$|google|gcm)/;
const ANALYTICS_LABEL = /^[a-zA-Z0-9\-_.~%]{1,50}$/;

type Rule = (message: FcmMessage) => Refusal | undefined;

/** In the order in which FCM is taken to look. */
const RULES: readonly Rule[] = [
  refuseTarget,
  refuseKeys,
  refuseTtl,
  refuseColor,
  refuseLocArgs,
  refuseApns,
  refuseWebpush,
  refuseLabels,
  refuseSize,
];

/** The first rule that a message breaks, or `undefined`. */
export function refuseMessage(message: FcmMessage): Refusal | undefined {
  for (const rule of RULES) {
    const refusal = rule(message);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** What the ledger and the fault plan call the target: the token as it was sent, `/topics/…`, or the condition. */
export function addressOf({ token, fid, topic, condition }: FcmMessage): string {
  return token ?? fid ?? (topic === undefined ? (condition ?? '') : `/topics/${topic}`);
}

function refuseTarget(message: FcmMessage): Refusal | undefined {
  const named = TARGETS.filter((name) => message[name] !== undefined);
  const [first, second] = named;
  if (first === undefined) return invalidArgument('Recipient of the message is not set.', 'message');
  if (second !== undefined) {
    const description = `Invalid value at 'message' (oneof), oneof field 'target' is already set. Cannot set '${second}'`;
    return unreadable([{ field: 'message', description }]);
  }
  const { token, fid, topic, condition } = message;
  if (token !== undefined && !REGISTRATION_TOKEN.test(token) && !INSTALLATION_ID.test(token)) {
    // Without a field: the sentence is all that tells it from a bad payload. A fault can ask for the form with one.
    return invalidArgument('The registration token is not a valid FCM registration token');
  }
  if (fid !== undefined && !INSTALLATION_ID.test(fid)) {
    return invalidArgument('The installation id is not a valid Firebase installation id', 'message.fid');
  }
  if (topic !== undefined && !TOPIC.test(topic)) return invalidArgument('Malformed topic name', 'message.topic');
  if (condition !== undefined && !isCondition(condition)) {
    return invalidArgument('Invalid condition', 'message.condition');
  }
  return undefined;
}

function refuseKeys({ data, android }: FcmMessage): Refusal | undefined {
  return refuseKeysOf(data, 'message.data') ?? refuseKeysOf(android?.data, 'message.android.data');
}

function refuseKeysOf(data: FcmMessage['data'], field: string): Refusal | undefined {
  for (const key in data) {
    if (RESERVED_KEY.test(key)) return invalidArgument(`Invalid data payload key: ${key}`, field);
  }
  return undefined;
}

function refuseTtl({ android }: FcmMessage): Refusal | undefined {
  const seconds = secondsOf(android?.ttl ?? '0s') ?? -1;
  if (seconds >= 0 && seconds <= TTL_SECONDS_MAX) return undefined;
  return invalidArgument(`The ttl must lie between 0 and ${TTL_SECONDS_MAX} seconds`, 'message.android.ttl');
}

function refuseColor({ android }: FcmMessage): Refusal | undefined {
  const color = android?.notification?.color;
  if (color === undefined || /^#[0-9a-f]{6}$/i.test(String(color))) return undefined;
  return invalidArgument('The color must be of the form #rrggbb', 'message.android.notification.color');
}

function refuseLocArgs({ android }: FcmMessage): Refusal | undefined {
  const notification = android?.notification;
  for (const of of ['title', 'body']) {
    if (notification?.[`${of}_loc_args`] === undefined || notification[`${of}_loc_key`] !== undefined) continue;
    return invalidArgument(`${of}_loc_args need ${of}_loc_key`, `message.android.notification.${of}_loc_args`);
  }
  return undefined;
}

function refuseApns({ apns }: FcmMessage): Refusal | undefined {
  for (const [name, value] of Object.entries(apns?.headers ?? {})) {
    if (isApnsHeader(name.toLowerCase(), value)) continue;
    return invalidArgument(`Invalid APNs header: ${name}`, `message.apns.headers`);
  }
  const aps = apns?.payload?.aps;
  if (aps === undefined || (typeof aps === 'object' && aps !== null && !Array.isArray(aps))) return undefined;
  return invalidArgument('The aps dictionary is not an object', 'message.apns.payload');
}

function isApnsHeader(name: string, value: string): boolean {
  if (name === 'apns-priority') return value === '10' || value === '5' || value === '1';
  if (name === 'apns-expiration') return /^\d{1,12}$/.test(value);
  return name.startsWith('apns-');
}

function refuseWebpush({ webpush }: FcmMessage): Refusal | undefined {
  for (const [name, value] of Object.entries(webpush?.headers ?? {})) {
    if (isWebpushHeader(name.toLowerCase(), value)) continue;
    return invalidArgument(`Invalid Web Push header: ${name}`, 'message.webpush.headers');
  }
  const link = webpush?.fcm_options?.link;
  if (link === undefined || link.startsWith('https://')) return undefined;
  return invalidArgument('The link must be an https address', 'message.webpush.fcm_options.link');
}

function isWebpushHeader(name: string, value: string): boolean {
  if (name === 'ttl') return /^\d{1,10}$/.test(value);
  if (name === 'urgency') return /^(?:very-low|low|normal|high)$/.test(value);
  if (name === 'topic') return /^[\w-]{1,32}$/.test(value);
  return true;
}

function refuseLabels({ fcm_options, android, apns, webpush }: FcmMessage): Refusal | undefined {
  for (const [of, options] of [
    ['message', fcm_options],
    ['message.android', android?.fcm_options],
    ['message.apns', apns?.fcm_options],
    ['message.webpush', webpush?.fcm_options],
  ] as const) {
    const label = options?.analytics_label;
    if (label !== undefined && !ANALYTICS_LABEL.test(label)) {
      return invalidArgument('Invalid analytics label', `${of}.fcm_options.analytics_label`);
    }
  }
  return undefined;
}

function refuseSize(message: FcmMessage): Refusal | undefined {
  const { data, notification, android, apns, webpush } = message;
  const isMany = message.topic !== undefined || message.condition !== undefined;
  const bytesMax = isMany ? TOPIC_PAYLOAD_BYTES_MAX : PAYLOAD_BYTES_MAX;
  if (bytesOf(android?.data ?? data) + bytesOf({ ...notification, ...android?.notification }) > bytesMax) {
    return invalidArgument('Android message is too big', 'message');
  }
  if (bytesOf(webpush?.data ?? data) + bytesOf({ ...notification, ...webpush?.notification }) > bytesMax) {
    return invalidArgument('Web Push message is too big', 'message');
  }
  if (apns?.payload !== undefined && Buffer.byteLength(JSON.stringify(apns.payload)) > bytesMax) {
    return invalidArgument('APNs payload is too big', 'message.apns.payload');
  }
  return undefined;
}

/** UTF-8 bytes of keys and values; what is no text counts as JSON. */
function bytesOf(fields: Readonly<Record<string, unknown>> | undefined): number {
  let bytes = 0;
  for (const key in fields) {
    const value = fields[key];
    bytes += Buffer.byteLength(key) + Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
  }
  return bytes;
}

/** Topics joined by `&&`, `||`, `!` and brackets, such as `'a' in topics && !('b' in topics)`. */
function isCondition(text: string): boolean {
  let topics = 0;
  let rest = text.replace(/'([^']*)' in topics/g, (_all, topic: string) => {
    topics += 1;
    return TOPIC.test(topic) ? 'T' : '?';
  });
  rest = rest.replace(/\s+/g, '');
  // What can be read becomes a single T, from the inside out.
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest
      .replace(/!T/g, 'T')
      .replace(/\(T\)/g, 'T')
      .replace(/T(?:&&|\|\|)T/g, 'T');
  }
  return rest === 'T' && topics <= CONDITION_TOPICS_MAX;
}
