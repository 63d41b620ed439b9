import { randomUUID } from 'node:crypto';
import { type PushServiceProfile, refusalTable } from './profile.js';

/**
 * web.push.apple.com, for Safari ("Sending web push notifications in web apps and browsers"). A missing JWT counts as a
 * bad one there. The reason beside 410 is not documented; the one of APNs stands in for it.
 */
export const apple: PushServiceProfile = {
  pathOf: (id) => `/${id}`,
  bodyBytesMax: 4096,
  ttlSecondsMax: 2_592_000,
  refusesLongTtl: true,
  zeroTtlNeedsNoCache: false,
  refusesLocalhost: true,
  refusals: refusalTable(
    {
      request: { status: 400, word: 'BadWebPushRequest' },
      credential: { status: 403, word: 'BadJwtToken' },
      dead: { status: 410, word: 'ExpiredToken' },
    },
    {
      method: { status: 405, word: 'MethodNotAllowed' },
      unknown_subscription: { status: 404, word: 'BadPath' },
      bad_authorization: { status: 403, word: 'BadAuthorizationHeader' },
      bad_key: { status: 403, word: 'BadVapidPublicKey' },
      other_key: { status: 400, word: 'VapidPkHashMismatch' },
      no_ttl: { status: 400, word: 'BadTtl' },
      bad_ttl: { status: 400, word: 'BadTtl' },
      negative_ttl: { status: 400, word: 'BadTtl' },
      ttl_too_long: { status: 400, word: 'BadTtl' },
      bad_urgency: { status: 400, word: 'BadUrgency' },
      bad_topic: { status: 400, word: 'BadWebPushTopic' },
      too_large: { status: 413, word: 'PayloadTooLarge' },
    },
  ),
  usualWord: {
    400: 'BadWebPushRequest',
    403: 'BadJwtToken',
    404: 'BadPath',
    405: 'MethodNotAllowed',
    410: 'ExpiredToken',
    413: 'PayloadTooLarge',
    429: 'TooManyRequests',
    500: 'InternalServerError',
    503: 'ServiceUnavailable',
  },
  renderAccepted: () => ({ headers: { 'apns-id': randomUUID() }, body: '' }),
  renderRefusal: ({ word }) => {
    const headers = { 'apns-id': randomUUID() };
    if (word === null) return { headers, body: '' };
    return { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ reason: word }) };
  },
};
