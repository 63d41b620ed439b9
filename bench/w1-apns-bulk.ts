import type { BulkRival, BulkWorkload } from './harness/bulk.js';

const RIVALS: readonly BulkRival[] = [
  {
    who: 'node-apn, 1,000 tokens a call',
    file: 'node-apn',
    setup: ({ endpoints }) => ({ apns: endpoints.providers.apns, parallel: 1 }),
  },
  {
    who: 'node-apn, kept full by 10 callers',
    file: 'node-apn',
    setup: ({ endpoints }) => ({ apns: endpoints.providers.apns, parallel: 10 }),
  },
  {
    who: 'node:http2 alone, 500 streams',
    file: 'plain-http2',
    setup: ({ endpoints }) => ({ apns: endpoints.providers.apns }),
  },
];

/**
 * W1, APNs bulk as it is in the field: one REST call to 100,000 iOS devices, 50 ms to Apple and back. What is asked: does
 * the round trip hold the gateway up, and what do durability, retries and records cost beside a bare client?
 */
export const w1ApnsBulk: BulkWorkload = { name: 'W1', road: 'apns', devices: 100_000, rttMs: 50, rivals: RIVALS };

/** W2, the same without a round trip: nothing but the work itself. */
export const w2ApnsBare: BulkWorkload = { name: 'W2', road: 'apns', devices: 100_000, rttMs: 0, rivals: RIVALS };
