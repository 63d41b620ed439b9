/** `@parse/node-apn` as its README shows it: one provider, one `send` for many tokens. */
import apn from '@parse/node-apn';
import type { SimulatorEndpoints } from '../../src/simulators.js';
import { apnsToken, NOTIFICATION } from '../harness/devices.js';
import { serveRival, type Told } from '../harness/rival.js';

/** Tokens in one `send`. More at once meet its timeout of 5 s, which begins before a stream is free. */
const TOKENS_PER_SEND = 1_000;

interface Setup {
  readonly apns: SimulatorEndpoints['providers']['apns'];
  /** `send` calls under way at once. */
  readonly parallel: number;
}

serveRival<Setup, { readonly units: number }, Told>(async ({ apns, parallel }) => {
  const provider = new apn.Provider({
    token: { key: apns.key, keyId: apns.key_id, teamId: apns.team_id },
    address: 'localhost',
    port: Number(new URL(apns.production).port),
    ca: [apns.ca],
    production: true,
  });
  const answer = async ({ units }: { readonly units: number }) => {
    let next = 0;
    let sent = 0;
    let failed = 0;
    const loop = async () => {
      while (next < units) {
        const from = next;
        next = Math.min(units, from + Math.ceil(TOKENS_PER_SEND / parallel));
        const note = new apn.Notification({ alert: { ...NOTIFICATION }, topic: apns.bundle_id, pushType: 'alert' });
        const tokens = Array.from({ length: next - from }, (_, i) => apnsToken(from + i));
        const result = await provider.send(note, tokens);
        sent += result.sent.length;
        failed += result.failed.length;
      }
    };
    await Promise.all(Array.from({ length: parallel }, loop));
    return { sent, failed };
  };
  return { ready: {}, answer };
});
