/** What node:http2 alone costs: one connection, a window of streams, the same bytes, nothing kept of the answers. */
import type { SimulatorEndpoints } from '../../src/simulators.js';
import { openApnsSession } from '../harness/apns-session.js';
import { NOTIFICATION } from '../harness/devices.js';
import { serveRival, type Told } from '../harness/rival.js';

const WINDOW = 500;

interface Setup {
  readonly apns: SimulatorEndpoints['providers']['apns'];
}

serveRival<Setup, { readonly units: number }, Told>(async ({ apns }) => {
  const push = await openApnsSession(apns);
  const body = Buffer.from(JSON.stringify({ aps: { alert: NOTIFICATION } }));
  await push(0, body); // a first answer opens the connection to more than one stream
  const answer = async ({ units }: { readonly units: number }) => {
    let sent = 0;
    let next = 0;
    const loop = async () => {
      while (next < units) {
        next += 1;
        if (await push(next - 1, body)) sent += 1;
      }
    };
    await Promise.all(Array.from({ length: WINDOW }, loop));
    return { sent, failed: units - sent };
  };
  return { ready: {}, answer };
});
