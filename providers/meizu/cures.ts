/** What Meizu's answers mean, and what to do about them. Source: Meizu, PushAPI (2025-04), "response codes". */
import type { Reading, VendorAnswer } from '../contract.js';

const APP = 'Check `app_id` and `app_secret` of the app’s file: both belong to one app in the console of Flyme Push.';
const REPORT = 'This is a fault of Pealbell: please report it with the attempt’s detail.';
const OVERRIDE =
  'Look at the attempt’s detail and at `overrides.meizu`; POST /v1/messages/validate shows what would be sent.';
const QUOTA = 'Ask Meizu for more, or send less; what waits is sent again on Meizu’s next day.';
const TOKEN = 'Let the app hand in its push id again as Meizu’s SDK gives it. Was it made for another app?';

const WRONG_APP: Reading = {
  means: 'the push id is none of this app, as far as can be told before anything has passed',
  cure: `${APP} If they do, let the app hand in its push id again.`,
};

const BY_CODE: Readonly<Record<string, Reading>> = {
  200: { means: 'Meizu took it' },
  300: {
    means: 'Meizu sent the request on to another address, which was not asked, or sent it on again',
    cure: 'Set `endpoint` of the app’s file to the address that Meizu names for this app.',
  },
  500: { means: 'something went wrong at Meizu' },
  1001: { means: 'something went wrong at Meizu' },
  1003: { means: 'Meizu is busy' },
  1005: { means: 'a field of the message is wrong', cure: OVERRIDE },
  1006: {
    means: 'our signature is refused',
    cure: 'Copy `app_secret` of the app’s file from the console of Flyme Push again.',
  },
  110000: { means: 'there is no such app', cure: APP },
  110001: { means: 'the app’s key is refused', cure: APP },
  110002: { means: 'the push id is not subscribed', cure: TOKEN },
  110003: { means: 'the push id is none', cure: TOKEN },
  110004: { means: 'a parameter is empty', cure: REPORT },
  110009: { means: 'the app is shut out', cure: 'Ask Meizu why the app is on its black list, and to take it off.' },
  110010: {
    means: 'more was sent than the app is allowed at a time',
    cure: 'Spread large sends over more time; what waits is sent again by itself.',
  },
  110019: { means: 'the app’s messages of the day are used up', cure: QUOTA },
  110031: { means: 'the package name is refused', cure: APP },
  110032: { means: 'the id of a task is refused', cure: REPORT },
  110033: { means: 'the app’s secret is refused', cure: APP },
  110051: { means: 'the app’s calls of the day are used up', cure: QUOTA },
  110053: {
    means: 'Meizu takes no messages without a notification',
    cure: 'Give the message a title or a body, or send it over another road.',
  },
};

const BY_VALUE: Readonly<Record<string, Reading>> = {
  201: {
    means: 'this kind of message was not granted to the app',
    cure: 'Apply for private messages in the console of Flyme Push, or set `service_class: false` in the app’s file.',
  },
  501: { means: 'Meizu could not send it' },
  513: { means: 'Meizu could not send it' },
  519: { means: 'Meizu is overloaded' },
  520: {
    means: 'more than five messages a minute went to this device',
    cure: 'Send to one device less often, or under one `collapse_key`; what waits is sent again by itself.',
  },
  110002: { means: 'the push id is not subscribed any more' },
  110003: { means: 'the push id is none', cure: TOKEN },
  110005: { means: 'the push id is not known, or muted' },
  110010: { means: 'the person has switched the app’s messages off' },
  110011: {
    means: 'this device has had its marketing messages of the day',
    cure: 'Send fewer marketing messages, or what is of the person’s own as transactional.',
  },
};

const NOT_MEIZU = 'Look at `endpoint` of the app’s file and at proxies on the way: somebody else answered.';

/** See `Interpreting.interpret`. A code of a push token stands as `value 520`: alone it means another thing. */
export function interpret({ code = '', status, reason }: VendorAnswer): Reading | undefined {
  // Of a push id of another app Meizu says what it says of a dead one.
  if (reason === 'token_wrong_app') return WRONG_APP;
  const [, ofToken] = /^value (\d+)$/.exec(code) ?? [];
  if (ofToken !== undefined) {
    if (Object.hasOwn(BY_VALUE, ofToken)) return BY_VALUE[ofToken];
    return { means: 'Meizu refused this push id with a code that it does not document', cure: TOKEN };
  }
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code];
  if (status === undefined) return undefined;
  if (status >= 500) return { means: 'the service is not available' };
  if (status >= 400) return { means: 'the answer is none of Meizu’s', cure: NOT_MEIZU };
  if (status >= 300) return { means: 'the answer is a redirect, which Meizu never gives', cure: NOT_MEIZU };
  return { means: 'the answer is none that Meizu documents', cure: NOT_MEIZU };
}
