/**
 * What Huawei's answers mean, and what to do about them. Sources: Huawei, "HTTPS downlink message API" and
 * "Scenario-based push API", result codes; "OAuth 2.0 client credentials".
 */
import type { Reading, VendorAnswer } from '../contract.js';

const MESSAGE =
  'Look at the attempt’s detail and at `overrides.huawei`; POST /v1/messages/validate shows what is sent.';
const RIGHTS = 'Apply for the right in AppGallery Connect (Push Kit), or take what needs it out of the app’s file.';
const SECRET =
  'Check `app_id`, `client_id` and `client_secret` of the app’s file against the app’s page in AppGallery Connect.';
const KEY_FILE =
  'Set the clock of the gateway’s machine right; if it is, make a new key file of the service account and put it in `service_account`.';
const OURS = 'This is a fault of the gateway: please report it with the attempt’s detail.';
const QUOTA = 'It is sent again when Huawei’s day begins; ask Huawei for a larger quota, or send fewer of this class.';
const OTHER_APP =
  'Check that `app_id` or `service_account` belong to the app whose devices registered, and that NEXT devices say platform harmonyos.';
const GENERATION = 'Register devices with HarmonyOS NEXT as platform harmonyos, and all others of Huawei’s as android.';

const BY_CODE: Readonly<Record<string, Reading>> = {
  80000001: { means: 'something went wrong at Huawei' },
  80100000: { means: 'the push token is not valid (any more)' },
  80100001: { means: 'a field of the message is wrong', cure: MESSAGE },
  80100002: { means: 'a system message may go to one push token only', cure: MESSAGE },
  80100003: { means: 'the message is not built as Huawei wants it', cure: MESSAGE },
  80100004: { means: 'the time to live is wrong', cure: MESSAGE },
  80100013: { means: 'the collapse group is wrong', cure: 'Use 0 to 100 for `collapse_group` of the channel.' },
  80100016: { means: 'Huawei found forbidden words in it', cure: 'Change the text of the message.' },
  80100017: { means: 'too many tasks run at once' },
  80100018: {
    means: 'the signature of the content’s review does not fit',
    cure: 'Have the content reviewed again, or ask Huawei which review this app needs.',
  },
  80100022: {
    means: 'the image was not verified',
    cure: 'Use an https image of at most 512 KB that Huawei can fetch.',
  },
  80200001: { means: 'Huawei refuses the credentials', cure: SECRET },
  80200003: { means: 'an access token got just now counts as expired', cure: SECRET },
  80200005: { means: 'a token signed just now counts as expired', cure: KEY_FILE },
  80300002: {
    means: 'the app may not send',
    cure: 'Enable Push Kit for this app in AppGallery Connect, and check that the credentials are of the same project.',
  },
  80300007: { means: 'none of the push tokens of the request is one of this app', cure: OTHER_APP },
  80300008: { means: 'the message is too large', cure: 'At most 4,096 bytes in all: let the app fetch the rest.' },
  80300010: { means: 'the request had no push token, or too many', cure: OURS },
  80300011: {
    means: 'the app may not send with high urgency',
    cure: 'Apply for the right in AppGallery Connect, or set `high_urgency: false` in the app’s file.',
  },
  80300013: {
    means: 'Huawei cannot call the address for receipts',
    cure: 'Mend address or certificate of the receipt configuration in the console, or take `receipt_id` out of the app’s file.',
  },
  80300029: { means: 'more test messages were sent than Huawei takes in a day', cure: QUOTA },
  80300030: { means: 'a test message had more than 10 push tokens', cure: OURS },
  80300036: { means: 'the signed token lives longer than a day', cure: KEY_FILE },
  80300037: {
    means: 'Huawei has put the app under a penalty',
    cure: 'Look at the notices in AppGallery Connect: messages went out under a category that is not theirs.',
  },
  80600003: { means: 'Huawei’s service for access tokens failed' },
  81000001: { means: 'something went wrong at Huawei' },
  // For each push token, with HarmonyOS NEXT
  tokenFormatError: { means: 'this is no push token (any more)' },
  noRight: { means: 'the push token belongs to another project', cure: OTHER_APP },
  tokenPlatformNotSupport: { means: 'the push token is of another generation of Push Kit', cure: GENERATION },
  noPushTypeRight: { means: 'the app may not send this kind of push', cure: RIGHTS },
  notSupportPlayVoice: { means: 'the app may not send voice messages', cure: RIGHTS },
  noRightToSendThisLiveNotificationEvent: { means: 'the app may not send this live view', cure: RIGHTS },
  appinfoError: {
    means: 'Huawei finds no such app',
    cure: 'Check in AppGallery Connect that the app belongs to the project of `service_account`.',
  },
  differentImgVerifyPolicy: {
    means: 'the rules for images differ between the apps of the project',
    cure: 'Ask Huawei which check of images the app has, or send without an image.',
  },
  disableSendHuaweiMsgBecauseOfPenalty: {
    means: 'Huawei has put the app under a penalty',
    cure: 'Look at the notices in AppGallery Connect: messages went out under a category that is not theirs.',
  },
  countryNotSupport: {
    means: 'Huawei does not serve the country of this device',
    cure: 'Give the route a further step for devices there.',
  },
  atomicUnableSendUnsubscribedMsg: {
    means: 'the person has not subscribed to this service',
    cure: 'Let the app ask the person to subscribe.',
  },
};

const NOT_HUAWEI = 'Look at `endpoint` of the app’s file and at proxies on the way: somebody else answered.';

const BY_STATUS: Readonly<Record<number, Reading>> = {
  401: { means: 'Huawei refuses the credentials', cure: SECRET },
  404: { means: 'there is no such app or project', cure: SECRET },
  500: { means: 'something went wrong at Huawei' },
  502: { means: 'the service is not available' },
  503: { means: 'Huawei takes no more for the moment' },
  504: { means: 'the service did not answer in time' },
};

/** Codes of the token endpoint are written so, lest they be taken for those above. */
export const OAUTH_CODE = /^oauth_/;

/** See `Interpreting.interpret`. */
export function interpret({ code, status, reason }: VendorAnswer): Reading | undefined {
  if (code !== undefined && OAUTH_CODE.test(code)) {
    return { means: 'Huawei gives no access token for these credentials', cure: SECRET };
  }
  if (code === '80100000' && reason === 'uncertain') {
    return { means: 'it did not say which push tokens it refused', cure: OURS };
  }
  const known = code !== undefined && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known !== undefined) return known;
  if (status === undefined) return undefined;
  const row = BY_STATUS[status];
  if (row !== undefined) return row;
  if (status >= 500) return { means: 'the service is not available' };
  if (status >= 400) return { means: 'the request is refused', cure: NOT_HUAWEI };
  if (status >= 300) return { means: 'the answer is a redirect, which Huawei never gives', cure: NOT_HUAWEI };
  return { means: 'the answer says nothing that Huawei has documented', cure: NOT_HUAWEI };
}
