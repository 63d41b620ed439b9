import type { BulkWorkload } from './harness/bulk.js';

/**
 * W3, FCM bulk: 100,000 tokens, 80 ms to Google and back, 100 streams on a connection, beside `firebase-admin` calling
 * `sendEachForMulticast` with 500 tokens, one call after the other and 20 at once.
 */
export const w3FcmBulk: BulkWorkload = {
  name: 'W3',
  road: 'fcm',
  devices: 100_000,
  rttMs: 80,
  rivals: [
    {
      who: 'firebase-admin, one call at a time',
      file: 'firebase-admin',
      setup: ({ endpoints }, dir) => ({ fcm: endpoints.providers.fcm, parallel: 1, dir }),
      devices: 10_000,
    },
    {
      who: 'firebase-admin, 20 calls at once',
      file: 'firebase-admin',
      setup: ({ endpoints }, dir) => ({ fcm: endpoints.providers.fcm, parallel: 20, dir }),
      devices: 40_000,
    },
  ],
};
