/** What vivo's answers mean, and what to do about them. Source: vivo server API, document 362 (2.9.2), its result codes. */
import type { Reading, VendorAnswer } from '../contract.js';

const REPORT = 'This is a fault of Pealbell: please report it with the attempt’s detail.';
const FILE = 'Check `app_id`, `app_key` and `app_secret` of the app’s file against the developer console of vivo.';
const SLOWER = 'Spread large sends over more time; what waits is sent again by itself.';
const LOOK =
  'Look at the attempt’s detail and at `overrides.vivo`; POST /v1/messages/validate shows what would be sent.';
const TOMORROW =
  'Ask vivo for more in its console. What waits goes out when the vendor’s day begins (`quota.day_starts`), or over the next step of the route.';
const TEXT = 'Write title and body in Chinese, with more than digits, letters and signs, and without 测试.';
const CATEGORY =
  'Name in the channel a category that vivo granted, of the class of the message; list those of the app in `categories`.';
const RECEIPTS =
  'Check `callback_id` against the console, or set `receipts: false`; the callback address of the gateway must be public.';

const CREDENTIAL: Reading = { means: 'vivo does not let this app in', cure: FILE };
const CONTENT: Reading = { means: 'a field of the message is refused', cure: LOOK };
const TARGETS: Reading = { means: 'the request names its devices wrongly', cure: REPORT };
const REQUEST_ID: Reading = { means: 'the request has no id, or too long a one', cure: REPORT };
const CALLBACK: Reading = { means: 'vivo refuses where receipts shall go', cure: RECEIPTS };

const BY_CODE: Readonly<Record<string, Reading>> = {
  10000: { means: 'an access token got just now is refused', cure: FILE },
  10040: { means: 'vivo has no room for more at the moment', cure: SLOWER },
  10043: { means: 'push is closed for this app', cure: 'Open it again in the developer console of vivo.' },
  10045: {
    means: 'vivo is still reviewing this app',
    cure: 'Set `push_mode: test` until it has passed, and register test devices in the console.',
  },
  10050: TARGETS,
  10051: TARGETS,
  10054: CONTENT,
  10055: CONTENT,
  10056: CONTENT,
  10057: CONTENT,
  10058: CONTENT,
  10059: CONTENT,
  10060: CONTENT,
  10065: CONTENT,
  10067: CONTENT,
  10070: { means: 'the day’s operation messages are used up', cure: TOMORROW },
  10071: {
    means: 'vivo takes no operation messages at this hour',
    cure: 'Send between 07:00 and 23:00 in Beijing (`marketing_hours`), or as a system message where it is one.',
  },
  10072: { means: 'too much was sent at once', cure: SLOWER },
  10073: { means: 'the day’s system messages are used up', cure: TOMORROW },
  10082: {
    means: 'vivo has taken the right to system messages from this app',
    cure: 'Ask for it in the developer console of vivo, or send as marketing.',
  },
  10085: { means: 'the text looks like a trial', cure: TEXT },
  10093: { means: 'access tokens were asked for too often', cure: SLOWER },
  10094: { means: 'the access token is of another app', cure: FILE },
  10095: CONTENT,
  10096: { means: 'vivo does not know the category', cure: CATEGORY },
  10097: { means: 'the category is not of the class of the message', cure: CATEGORY },
  10103: { means: 'vivo’s review refuses the text', cure: 'Write it otherwise: vivo forbids some words.' },
  10104: { means: 'the text looks like a trial', cure: TEXT },
  10150: TARGETS,
  10151: TARGETS,
  10152: TARGETS,
  10153: TARGETS,
  10155: { means: 'the message had expired', cure: 'Give it a longer `delivery.ttl`.' },
  10200: CREDENTIAL,
  10201: CREDENTIAL,
  10202: CREDENTIAL,
  10203: CREDENTIAL,
  10204: CREDENTIAL,
  10205: CREDENTIAL,
  10206: { means: 'vivo refuses the signature of the request for an access token', cure: FILE },
  10207: {
    means: 'vivo refuses the time of the request for an access token',
    cure: 'Set the clock of the gateway’s machine right: vivo takes 10 minutes of difference.',
  },
  10250: {
    means: 'the day’s access tokens are used up',
    cure: 'Look who else asks for tokens with the same app key; the one we have serves for 24 hours.',
  },
  10252: {
    means: 'the day’s lists are used up',
    cure: 'Ask vivo for more in its console; until its day ends every device gets a request of its own.',
  },
  10254: { means: 'the day’s messages to everybody are used up', cure: TOMORROW },
  10302: { means: 'the app was removed from this device, or its regId was replaced' },
  10304: CALLBACK,
  10305: CALLBACK,
  10306: CALLBACK,
  10311: { means: 'the device can receive nothing at the moment' },
  10352: REQUEST_ID,
  10353: REQUEST_ID,
  10800: { means: 'something that vivo does not document' },
  'invalidUser.1': { means: 'vivo does not know this regId' },
  'invalidUser.2': { means: 'the app was removed, its data cleared, or push was unsubscribed' },
  'invalidUser.3': {
    means: 'the device was not active for 90 days',
    cure: 'Set `stale: retire` in the app’s file if such addresses are no longer wanted.',
  },
  'invalidUser.4': {
    means: 'the device is not registered for tests',
    cure: 'Register it as a test device in the developer console of vivo, or set `push_mode: formal`.',
  },
};

const NOT_VIVO = 'Look at `endpoint` of the app’s file and at proxies on the way: somebody else may have answered.';

/** See `Interpreting.interpret`. */
export function interpret({ code, status }: VendorAnswer): Reading | undefined {
  const known = code !== undefined && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known !== undefined) return known;
  if (status === undefined) return undefined;
  if (status >= 500) return { means: 'the service is not available' };
  if (code !== undefined) return { means: 'vivo gave a code that it does not document', cure: REPORT };
  return { means: 'it was no answer of vivo’s', cure: NOT_VIVO };
}
