/** What Honor's answers mean, and what to do about them. Source: Honor's downlink message, "response codes". */
import type { Reading, VendorAnswer } from '../contract.js';

const APP =
  'Check `app_id`, `client_id` and `client_secret` of the app’s file: all three belong to one app in the Honor developer console.';
const CLOCK = 'Set the clock of the gateway’s machine right: Honor compares the `timestamp` header with its own.';
const REPORT = 'This is a fault of Pealbell: please report it with the attempt’s detail.';
const OVERRIDE =
  'Look at the attempt’s detail and at `overrides.honor`; POST /v1/messages/validate shows what would be sent.';
const TOKEN =
  'Check `client_id` and `client_secret` of the app’s file, and that push is enabled for the app in Honor’s console.';

const WRONG_APP: Reading = {
  means: 'the push token is none of this app, as far as can be told',
  cure: `${APP} If they do, let the app hand in its push token again.`,
};

const BY_CODE: Readonly<Record<string, Reading>> = {
  200: { means: 'Honor took it, but not for this push token' },
  400: { means: 'a field of the message is wrong', cure: OVERRIDE },
  401: { means: 'an access token got just now is refused', cure: APP },
  403: { means: 'an access token got just now is refused', cure: APP },
  404: { means: 'there is no such app', cure: APP },
  500: { means: 'something went wrong at Honor' },
  502: { means: 'the service is not available' },
  503: {
    means: 'more was sent in a second than this app is allowed',
    cure: 'Spread large sends over more time; what waits is sent again by itself.',
  },
  10001: { means: 'the request has no time', cure: CLOCK },
  10205: { means: 'there is no such app', cure: APP },
  10207: { means: 'the time of the request is refused', cure: CLOCK },
  10300: { means: 'the request names no push token', cure: REPORT },
  80000000: { means: 'Honor took it, but not for this push token' },
  80100000: {
    means: 'Honor could not send to this push token',
    cure: 'Let the app hand in its push token again as Honor’s SDK gives it. Was it made for another app?',
  },
  80100003: { means: 'the message is not built as Honor wants it', cure: OVERRIDE },
  80200001: { means: 'an access token got just now is refused', cure: APP },
  80200003: { means: 'an access token got just now counts as expired', cure: CLOCK },
  80200020: {
    means: 'there is no such receipt configuration',
    cure: 'Correct `receipt_id` of the app’s file, or leave it out.',
  },
  80200022: {
    means: 'this class of messages was not granted to the app',
    cure: 'Apply for service and communication in Honor’s console, or set `service_class: false` in the app’s file.',
  },
  80200047: {
    means: 'the test messages of the day are used up',
    cure: 'Set `test: false` in the app’s file; what waits is sent again on the vendor’s next day.',
  },
  80200050: {
    means: 'a marketing message has an image',
    cure: 'Leave out the image of `overrides.honor`, or send the message as transactional.',
  },
  80200056: { means: 'the text was found unfit', cure: 'Change the words of the title and the text.' },
  80300006: { means: 'the request names a push token twice', cure: REPORT },
  80300007: {
    means: 'all push tokens of the request are invalid',
    cure: 'If this comes for every device, the credentials are another app’s: check `app_id` and `client_id` of the app’s file.',
  },
  80300008: {
    means: 'the message is too large',
    cure: 'At most 4,096 bytes in all: send less text or data, and let the app fetch the rest.',
  },
  80300010: { means: 'the request names too many push tokens', cure: REPORT },
  // The token endpoint, RFC 6749 §5.2
  invalid_client: { means: 'Honor does not know these credentials', cure: TOKEN },
  unauthorized_client: { means: 'these credentials may get no access token', cure: TOKEN },
  invalid_grant: { means: 'Honor gives no access token for these credentials', cure: TOKEN },
  invalid_request: {
    means: 'the request for an access token is refused',
    cure: 'Check `token_endpoint` of the app’s file.',
  },
  invalid_scope: { means: 'these credentials may not be used for push', cure: TOKEN },
  unsupported_grant_type: {
    means: 'the request for an access token is refused',
    cure: 'Check `token_endpoint` of the app’s file.',
  },
};

const NOT_HONOR = 'Look at `endpoint` of the app’s file and at proxies on the way: somebody else answered.';

/** See `Interpreting.interpret`. */
export function interpret({ code, status, reason }: VendorAnswer): Reading | undefined {
  // Of a push token of another app Honor says what it says of a dead one.
  if (reason === 'token_wrong_app') return WRONG_APP;
  const known = code !== undefined && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known !== undefined) return known;
  if (status === undefined) return undefined;
  if (status >= 500) return { means: 'the service is not available' };
  if (status === 401) return { means: 'an access token got just now is refused', cure: APP };
  if (status >= 400) return { means: 'the answer is none of Honor’s', cure: NOT_HONOR };
  if (status >= 300) return { means: 'the answer is a redirect, which Honor never gives', cure: NOT_HONOR };
  return { means: 'the answer is none that Honor documents', cure: NOT_HONOR };
}
