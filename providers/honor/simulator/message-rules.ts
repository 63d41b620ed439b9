/** What Honor finds wrong with a message, by its code. Source: Honor's downlink message, "request parameters". */

type Part = Readonly<Record<string, unknown>>;

const TTL_SECONDS_MAX = 1_296_000;
const INT32_MAX = 2_147_483_647;
const BAD_MESSAGE = '80100003';

const TOP = ['data', 'notification', 'android', 'token'];
const ANDROID = ['ttl', 'biTag', 'data', 'targetUserType', 'receiptId', 'notification'];
const NOTIFICATION = [
  ...[
    'title',
    'body',
    'clickAction',
    'image',
    'style',
    'bigTitle',
    'bigBody',
    'importance',
    'when',
    'buttons',
    'badge',
  ],
  ...['notifyId', 'tag', 'group'],
];

/** @returns undefined for one that is fine */
export function faultOf(message: Part, hasServiceClass: boolean): string | undefined {
  const { android = {}, notification: common } = message;
  if (!isObject(android) || (common !== undefined && !isObject(common))) return BAD_MESSAGE;
  if (!hasOnly(message, TOP) || !hasOnly(android, ANDROID)) return BAD_MESSAGE;
  if (![message.data, android.data, android.biTag, android.receiptId].every(isTextOrAbsent)) return BAD_MESSAGE;
  const [, seconds] = /^(\d{1,7})s$/.exec(String(android.ttl ?? '86400s')) ?? [];
  if (seconds === undefined || Number(seconds) < 1 || Number(seconds) > TTL_SECONDS_MAX) return BAD_MESSAGE;
  if (![undefined, 0, 1].includes(android.targetUserType as number | undefined)) return BAD_MESSAGE;
  if (android.receiptId !== undefined && android.receiptId !== 'RC001') return '80200020';
  if (android.notification === undefined) {
    return message.data === undefined && android.data === undefined ? BAD_MESSAGE : undefined;
  }
  if (!isObject(android.notification)) return BAD_MESSAGE;
  return faultOfNotification(android.notification, common, hasServiceClass);
}

function faultOfNotification(shown: Part, common: Part | undefined, hasServiceClass: boolean): string | undefined {
  if (!hasOnly(shown, NOTIFICATION)) return BAD_MESSAGE;
  const [title, body] = [shown.title ?? common?.title, shown.body ?? common?.body];
  if (!isText(title) || !isText(body) || title === '' || body === '') return BAD_MESSAGE;
  if (!isClickAction(shown.clickAction) || !isBadge(shown.badge) || !isNotifyId(shown.notifyId)) return BAD_MESSAGE;
  if (![shown.tag, shown.group, shown.image].every(isTextOrAbsent)) return BAD_MESSAGE;
  if (shown.style === 1 && (shown.bigTitle !== title || shown.bigBody !== body)) return BAD_MESSAGE;
  if (![undefined, 0, 1].includes(shown.style as number | undefined)) return BAD_MESSAGE;
  if (shown.buttons !== undefined && !(Array.isArray(shown.buttons) && shown.buttons.length <= 3)) return BAD_MESSAGE;
  const { importance = 'LOW' } = shown;
  if (importance !== 'LOW' && importance !== 'NORMAL') return BAD_MESSAGE;
  if (importance === 'NORMAL' && !hasServiceClass) return '80200022';
  const image = shown.image ?? common?.image;
  return importance === 'LOW' && image !== undefined ? '80200050' : undefined;
}

function isClickAction(value: unknown): boolean {
  if (!isObject(value)) return false;
  switch (value.type) {
    case 1:
      return isText(value.intent) !== isText(value.action);
    case 2:
      return isText(value.url) && /^https:\/\/./.test(value.url);
    case 3:
      return true;
    default:
      return false;
  }
}

function isBadge(value: unknown): boolean {
  if (value === undefined) return true;
  if (!isObject(value) || !isText(value.badgeClass) || value.badgeClass === '') return false;
  const { addNum, setNum } = value;
  return (addNum === undefined || isWithin(addNum, 1, 99)) && (setNum === undefined || isWithin(setNum, 0, 99));
}

function isNotifyId(value: unknown): boolean {
  return value === undefined || isWithin(value, -1, INT32_MAX);
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function hasOnly(part: Part, names: readonly string[]): boolean {
  return Object.keys(part).every((name) => names.includes(name));
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || isText(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isObject(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function partOf(whole: Part | undefined, name: string): Part | undefined {
  const part = whole?.[name];
  return isObject(part) ? part : undefined;
}

/** UTF-8 bytes of the message as JSON, all but its push tokens. */
export function bytesWithoutTokens(message: Part): number {
  const { token: _, ...rest } = message;
  return Buffer.byteLength(JSON.stringify(rest));
}
