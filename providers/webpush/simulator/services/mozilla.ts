import { type PushServiceProfile, refusalTable } from './profile.js';

/** The service's error numbers (autopush, "Error codes"), each with what it says of itself. */
const MESSAGES: Readonly<Record<string, string>> = {
  101: 'Missing necessary crypto keys',
  102: 'Invalid endpoint',
  103: 'Endpoint has expired',
  104: 'Payload is too large',
  105: 'Endpoint became unavailable during the request',
  106: 'Invalid subscription',
  109: 'Invalid authentication',
  110: 'Invalid crypto headers',
  111: 'Missing TTL header',
  112: 'Invalid TTL header',
  113: 'Invalid Topic header',
  114: 'Negative TTL',
  201: 'Use exponential back-off for retries',
  202: 'Temporary failure, retry at once',
  900: 'Bridge unavailable',
  999: 'Unknown error',
};

/** updates.push.services.mozilla.com, for Firefox. Its words are error numbers. */
export const mozilla: PushServiceProfile = {
  pathOf: (id) => `/wpush/v2/${id}`,
  // The service takes somewhat more; its documentation promises 4096 and no sender should count on the rest.
  bodyBytesMax: 4096,
  ttlSecondsMax: 2_592_000,
  refusesLongTtl: false,
  zeroTtlNeedsNoCache: false,
  refusesLocalhost: false,
  refusals: refusalTable(
    {
      request: { status: 400, word: '110' },
      credential: { status: 401, word: '109' },
      dead: { status: 410, word: '106' },
    },
    {
      unknown_subscription: { status: 404, word: '102' },
      no_ttl: { status: 400, word: '111' },
      bad_ttl: { status: 400, word: '112' },
      negative_ttl: { status: 400, word: '114' },
      // No number is documented for it: the simulator is stricter than the service.
      bad_urgency: { status: 400, word: '999' },
      bad_topic: { status: 400, word: '113' },
      too_large: { status: 413, word: '104' },
      method: { status: 405, word: '999' },
    },
  ),
  usualWord: {
    400: '110',
    401: '109',
    403: '109',
    404: '102',
    410: '103',
    413: '104',
    429: '201',
    500: '999',
    502: '900',
    503: '201',
  },
  renderAccepted: () => ({ headers: {}, body: '' }),
  renderRefusal: ({ status, word }) => {
    const isNumber = word !== null && /^\d{3}$/.test(word);
    const body = {
      code: status,
      errno: isNumber ? Number(word) : 999,
      error: '',
      message: (isNumber ? MESSAGES[word] : word) ?? '',
      more_info: 'https://mozilla-push-service.readthedocs.io/en/latest/http.html#error-codes',
    };
    return {
      headers: {
        'content-type': 'application/json',
        ...(status === 410 ? { 'cache-control': 'max-age=86400' } : {}),
        // A fault that names a time of its own replaces this one.
        ...(status === 503 && word === '201' ? { 'retry-after': '120' } : {}),
      },
      body: JSON.stringify(body),
    };
  },
};
