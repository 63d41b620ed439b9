import { type PushServiceProfile, refusalTable } from './profile.js';

const DEAD = 'push subscription has unsubscribed or expired.';
const BAD_JWT = 'invalid JWT provided';

/**
 * fcm.googleapis.com, for Chromium. Words of the 403 as in Chromium's `web_push_common.cc`; a body that is too large was
 * seen answered with 400, a missing credential with 401.
 */
export const google: PushServiceProfile = {
  pathOf: (id) => `/fcm/send/${id}`,
  bodyBytesMax: 4096,
  // What FCM grants every message: four weeks.
  ttlSecondsMax: 2_419_200,
  refusesLongTtl: false,
  zeroTtlNeedsNoCache: false,
  refusesLocalhost: false,
  refusals: refusalTable(
    {
      request: { status: 400, word: 'bad request' },
      credential: { status: 403, word: BAD_JWT },
      dead: { status: 410, word: DEAD },
    },
    {
      method: { status: 405, word: 'method not allowed' },
      unknown_subscription: { status: 404, word: 'not found' },
      no_authorization: { status: 401, word: 'authorization header is missing' },
      bad_authorization: { status: 403, word: 'sender is not authenticated.' },
      bad_key: { status: 403, word: 'public key must be 65 bytes long' },
      bad_audience: { status: 403, word: 'invalid aud claim' },
      no_expiry: { status: 403, word: 'exp claim is missing' },
      jwt_expired: { status: 403, word: 'token has expired' },
      expiry_too_far: {
        status: 403,
        word: 'exp claim MUST NOT be more than 24 hours from the time of the request',
      },
      other_key: {
        status: 403,
        word: 'the VAPID credentials do not correspond to those used to create the subscription',
      },
      no_ttl: { status: 400, word: 'missing TTL header' },
      bad_ttl: { status: 400, word: 'invalid TTL header' },
      negative_ttl: { status: 400, word: 'invalid TTL header' },
      bad_urgency: { status: 400, word: 'invalid Urgency header' },
      bad_topic: { status: 400, word: 'invalid Topic header' },
      bad_encoding: { status: 400, word: 'invalid Content-Encoding header' },
      too_large: { status: 400, word: 'payload is too large' },
    },
  ),
  usualWord: {
    400: 'bad request',
    401: 'authorization header is missing',
    403: 'sender is not authenticated.',
    404: 'not found',
    410: DEAD,
    413: 'payload is too large',
    429: 'too many requests',
    500: 'internal error',
    502: '<html><title>502</title>bad gateway</html>',
    503: 'service unavailable',
  },
  renderAccepted: () => ({ headers: {}, body: '' }),
  renderRefusal: ({ word }) =>
    word === null
      ? { headers: {}, body: '' }
      : { headers: { 'content-type': word.startsWith('<') ? 'text/html' : 'text/plain' }, body: word },
};
