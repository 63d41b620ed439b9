/** What the send API of HarmonyOS NEXT finds wrong with a message. Source: Huawei, "Scenario-based push API, parameters". */
import { type Complaint, saying } from './answers.js';
import type { ReadMessage } from './message-rules-v1.js';
import { type Fields, isFields, isFit, isHttps, isText, isWhole, strangeKey, textList } from './shape.js';

const TOKENS_MAX = 1_000;
const TEST_TOKENS_MAX = 10;
const BODY_BYTES_MAX = 4_096;
const TTL_SECONDS_MAX = 1_296_000;
const TAG_BYTES_MAX = 64;

const PUSH_TYPES: ReadonlySet<unknown> = new Set(['0', '1', '2', '6', '7', '10']);
const CATEGORIES: ReadonlySet<unknown> = new Set([
  ...['IM', 'VOIP', 'MISS_CALL', 'SUBSCRIPTION', 'TRAVEL', 'HEALTH', 'WORK', 'ACCOUNT', 'EXPRESS', 'FINANCE'],
  ...['DEVICE_REMINDER', 'MAIL', 'MARKETING'],
]);
const ROOT = new Set(['payload', 'target', 'pushOptions']);
const OPTIONS = new Set(['testMessage', 'ttl', 'biTag', 'receiptId', 'collapseKey', 'backgroundMode']);
const NOTIFICATION = new Set([
  ...['category', 'title', 'body', 'clickAction', 'image', 'style', 'inboxContent', 'bigTitle', 'bigBody', 'notifyId'],
  ...['appMessageId', 'profileId', 'badge', 'sound', 'soundDuration', 'foregroundShow'],
]);

export function readV3(body: unknown, pushType: string | undefined): ReadMessage | Complaint {
  if (pushType === undefined || !PUSH_TYPES.has(pushType)) return saying('80100001', 'push-type is wrong');
  if (!isFields(body) || strangeKey(body, ROOT) !== undefined) return saying('80100003');
  const { payload, target, pushOptions = {} } = body;
  if (!isFields(payload) || !isFields(target) || !isFields(pushOptions)) return saying('80100003');
  const tokens = textList(target.token);
  if (tokens === undefined) return saying('80100001', 'target.token should be an array of strings');
  const isTest = pushOptions.testMessage === true;
  if (tokens.length === 0 || tokens.length > TOKENS_MAX) return saying('80300010');
  if (isTest && tokens.length > TEST_TOKENS_MAX) return saying('80300030');
  const rest = { payload, pushOptions };
  if (Buffer.byteLength(JSON.stringify(rest)) > BODY_BYTES_MAX) return saying('80300008');
  const complaint = ofOptions(pushOptions, pushType) ?? ofPayload(payload, pushType);
  if (complaint !== undefined) return complaint;
  const { category } = isFields(payload.notification) ? payload.notification : ({} as Fields);
  return {
    ...{ tokens, payload: { 'push-type': pushType, ...rest }, pushType, isTest, isTrial: false },
    isMarketing: category === 'MARKETING',
    tag: String(pushOptions.biTag ?? ''),
  };
}

function ofOptions(options: Fields, pushType: string): Complaint | undefined {
  const strange = strangeKey(options, OPTIONS);
  if (strange !== undefined) return saying('80100003', `pushOptions.${strange} is not known`);
  if (!isFit(options, 'ttl', (ttl) => isWhole(ttl, 1, TTL_SECONDS_MAX))) return saying('80100004');
  const mayCollapse = pushType === '0' || pushType === '2';
  if (!isFit(options, 'collapseKey', (key) => mayCollapse && isWhole(key, -1, 100))) return saying('80100013');
  const isTag = (tag: unknown) => isText(tag) && Buffer.byteLength(tag) <= TAG_BYTES_MAX;
  return isFit(options, 'biTag', isTag) ? undefined : saying('80100001', 'biTag has at most 64 bytes');
}

function ofPayload(payload: Fields, pushType: string): Complaint | undefined {
  switch (pushType) {
    case '0':
      return isFields(payload.notification) ? ofNotification(payload.notification) : saying('80100003');
    case '6':
      return isText(payload.extraData) ? undefined : saying('80100003', 'extraData should be set');
    default:
      // Forms, live views and calls are other products: their payloads are taken as they are.
      return undefined;
  }
}

function ofNotification(notification: Fields): Complaint | undefined {
  const strange = strangeKey(notification, NOTIFICATION);
  if (strange !== undefined) return saying('80100003', `notification.${strange} is not known`);
  const { category, title, body, clickAction, badge } = notification;
  const wrong = (what: string) => saying('80100001', `notification.${what}`);
  if (!CATEGORIES.has(category)) return saying('80100003', 'notification.category should be set');
  if (!isText(title)) return wrong('title should be set');
  if (!isText(body)) return wrong('body should be set');
  if (!isFields(clickAction)) return saying('80100003', 'notification.clickAction should be set');
  const { actionType, action, uri } = clickAction;
  if (actionType === 1 ? !isText(action) && !isText(uri) : actionType !== 0) return wrong('clickAction is wrong');
  if (!isFit(clickAction, 'data', isFields)) return wrong('clickAction.data should be an object');
  if (!isFit(notification, 'notifyId', (id) => isWhole(id, 0, 2_147_483_647))) return wrong('notifyId is wrong');
  const isId = (id: unknown) => isText(id) && id.length <= 64;
  if (!isFit(notification, 'appMessageId', isId)) return wrong('appMessageId has 1 to 64 characters');
  if (badge !== undefined) {
    if (!isFields(badge)) return wrong('badge should be an object');
    if (!isFit(badge, 'addNum', (n) => isWhole(n, 1, 99))) return wrong('badge.addNum should be 1 to 99');
    if (!isFit(badge, 'setNum', (n) => isWhole(n, 0, 99))) return wrong('badge.setNum should be 0 to 99');
  }
  return isFit(notification, 'image', isHttps) ? undefined : wrong('image should be an https URL');
}
