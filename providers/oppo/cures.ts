/** What OPPO's answers mean, and what to do about them. OPPO, “Return codes”. */
import type { Reading, VendorAnswer } from '../contract.js';

const CREDENTIALS =
  'Copy AppKey and MasterSecret from OPPO’s push console into `app_key` and `master_secret`; the AppSecret is another.';
const CONSOLE = 'Look at the app’s state and rights in OPPO’s push console, or ask its support.';
const CLOCK = 'Set the clock of the gateway’s machine right: OPPO takes ten minutes of difference.';
const PAYLOAD = 'Look at the attempt’s detail, at the channel’s `oppo` and at `overrides.oppo` of the message.';
const REPORT =
  'Is something between the gateway and OPPO that changes requests? If not, report it: the request is ours.';
const SLOWER = 'Spread large sends over more time, or ask OPPO for a higher rate; what waits is sent again by itself.';
const TOMORROW =
  'It goes on when OPPO’s day ends. Give messages of the person’s own class transactional, with a granted category.';

const BY_CODE: Readonly<Record<string, Reading>> = {
  '-1': { means: 'the service is not available' },
  '-2': { means: 'the service is overloaded' },
  11: {
    means: 'an access token got just now is refused',
    cure: `Does something else fetch access tokens for this app? If not: ${CREDENTIALS}`,
  },
  12: { means: 'the request was no POST', cure: REPORT },
  13: { means: 'it was asked too often', cure: SLOWER },
  14: { means: 'it knows no app with this key', cure: CREDENTIALS },
  15: { means: 'the app’s key is missing', cure: CREDENTIALS },
  16: { means: 'the signature is wrong', cure: CREDENTIALS },
  17: { means: 'the signature is missing', cure: CREDENTIALS },
  18: { means: 'the time of the request is missing', cure: CLOCK },
  19: { means: 'the time of the request is wrong', cure: CLOCK },
  20: { means: 'the method is wrong', cure: REPORT },
  21: { means: 'the method is missing', cure: REPORT },
  22: { means: 'the version is wrong', cure: REPORT },
  23: { means: 'the version is missing', cure: REPORT },
  24: { means: 'the version is not supported', cure: REPORT },
  25: { means: 'the encoding is wrong', cure: REPORT },
  26: { means: 'this machine’s address is on its blacklist', cure: CONSOLE },
  27: { means: 'access is denied', cure: CONSOLE },
  28: { means: 'the app is disabled', cure: CONSOLE },
  29: { means: 'the access token is missing', cure: 'Try the other value of `auth_token_in` in the app’s file.' },
  30: { means: 'the app may not use the push API', cure: CONSOLE },
  31: {
    means: 'it does not know the saved content, also after it was saved again',
    cure: 'Set `send: unicast_batch` in the app’s file, which saves nothing.',
  },
  32: {
    means: 'it has taken this send before',
    cure: 'Nothing, unless devices got nothing: then set `duplicate: uncertain` in the app’s file.',
  },
  33: { means: 'the daily limit of messages is reached', cure: TOMORROW },
  34: { means: 'the daily limit of pictures is reached', cure: TOMORROW },
  40: { means: 'a field of the message is missing', cure: PAYLOAD },
  41: { means: 'a field of the message is wrong', cure: PAYLOAD },
  42: {
    means: 'the daily limit of saved contents is reached',
    cure: 'Nothing: the rest of the day goes as unicast_batch. Set `send: unicast_batch` to save nothing at all.',
  },
  51: { means: 'a picture is wrong', cure: 'Upload the picture again, and name its new id in `overrides.oppo`.' },
  54: {
    means: 'the private template is missing, or the message does not match it',
    cure: 'Service messages need one: name its id and parameters in `template` of the channel’s `oppo`, as OPPO’s console has them.',
  },
  55: { means: 'more was sent than this app is allowed', cure: SLOWER },
  59: { means: 'the message is refused', cure: PAYLOAD },
  67: {
    means: 'the category is wrong',
    cure: 'Name a category that OPPO has granted in the channel’s `oppo`, and list those in `granted_categories`.',
  },
  69: { means: 'the service is overloaded' },
  10000: { means: 'the app was removed from this device, or its registration id was replaced or has expired' },
  // Receipts
  regid_invalid: { means: 'the app was removed from this device, or it was away for more than 30 days' },
  user_daily_limit: { means: 'the device has had its marketing messages of the day', cure: TOMORROW },
};

const NOT_OPPO = 'Look at `endpoint` of the app’s file and at proxies on the way: somebody else answered.';

/** See `Interpreting.interpret`. */
export function interpret({ code, status }: VendorAnswer): Reading | undefined {
  const known = code !== undefined && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known !== undefined) return known;
  if (status === undefined) return undefined;
  if (status >= 500) return { means: 'the service is not available' };
  if (status >= 300) return { means: 'the answer is not the push service’s', cure: NOT_OPPO };
  return { means: 'it answered with a code that nobody has documented', cure: PAYLOAD };
}
