import { type PushServiceProfile, type Refusal, refusalTable } from './profile.js';

/** Statuses of a service that asks for less; 406 is what WNS has always used, 429 what it was seen to use in 2026. */
const THROTTLES: readonly number[] = [406, 429];

/** *.notify.windows.com, for Edge. It says everything in `X-WNS-*` headers, and nothing at all with a 401. */
export const windows: PushServiceProfile = {
  pathOf: (id) => `/w/?token=${id}`,
  // WNS takes raw notifications of 5 KB.
  bodyBytesMax: 5120,
  ttlSecondsMax: 2_592_000,
  refusesLongTtl: false,
  zeroTtlNeedsNoCache: true,
  refusesLocalhost: false,
  refusals: refusalTable(
    {
      request: { status: 400, word: 'Bad request.' },
      credential: { status: 401, word: null },
      dead: { status: 410, word: 'The channel has expired.' },
    },
    {
      method: { status: 405, word: 'Only POST is supported.' },
      unknown_subscription: { status: 404, word: 'The channel is not recognized.' },
      no_ttl: { status: 400, word: 'Ttl value is missing.' },
      bad_ttl: { status: 400, word: 'Ttl value is invalid.' },
      negative_ttl: { status: 400, word: 'Ttl value is invalid.' },
      ttl_conflict: { status: 400, word: 'Ttl value conflicts with X-WNS-Cache-Policy.' },
      bad_urgency: { status: 400, word: 'Urgency value is invalid.' },
      bad_topic: { status: 400, word: 'Topic value is invalid.' },
      bad_encoding: { status: 400, word: 'Content-Encoding value is invalid.' },
      too_large: { status: 413, word: 'The payload is too large.' },
    },
  ),
  usualWord: {
    400: 'Bad request.',
    404: 'The channel is not recognized.',
    406: 'appthrottled',
    410: 'The channel has expired.',
    413: 'The payload is too large.',
    429: 'appthrottled',
    500: 'Internal error.',
    503: 'Service unavailable.',
  },
  renderAccepted: (id) => ({
    headers: { 'x-wns-status': 'received', 'x-wns-notificationstatus': 'received', 'x-wns-msg-id': id },
    body: '',
  }),
  renderRefusal: (refusal) => ({ headers: headersOf(refusal), body: '' }),
};

function headersOf({ status, word }: Refusal): Record<string, string> {
  if (word === null) return {};
  const text = word.replace(/[^\x20-\x7e]/g, '?');
  if (THROTTLES.includes(status)) return { 'x-wns-status': text, 'x-wns-notificationstatus': 'dropped' };
  return { 'x-wns-status': 'dropped', 'x-wns-error-description': text };
}
