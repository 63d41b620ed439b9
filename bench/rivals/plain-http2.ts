/** What node:http2 alone costs: one connection, a window of streams, the same bytes, nothing kept of the answers. */
import { createPrivateKey, sign } from 'node:crypto';
import { connect } from 'node:http2';
import type { SimulatorEndpoints } from '../../src/simulators.js';
import { apnsToken, NOTIFICATION } from '../harness/devices.js';
import { serveRival, type Told } from '../harness/rival.js';

const WINDOW = 500;

interface Setup {
  readonly apns: SimulatorEndpoints['providers']['apns'];
}

serveRival<Setup, { readonly units: number }, Told>(async ({ apns }) => {
  const session = connect(apns.production, { ca: apns.ca, settings: { enablePush: false } });
  await new Promise((resolve, reject) => session.once('remoteSettings', resolve).once('error', reject));
  const headers = {
    ':method': 'POST',
    authorization: `bearer ${providerToken(apns)}`,
    'apns-topic': apns.bundle_id,
    'apns-push-type': 'alert',
  };
  const body = Buffer.from(JSON.stringify({ aps: { alert: NOTIFICATION } }));
  let sent = 0;
  let failed = 0;
  const push = (n: number) =>
    new Promise<void>((resolve) => {
      const stream = session.request({ ...headers, ':path': `/3/device/${apnsToken(n)}` });
      stream.on('response', (answer) => {
        if (answer[':status'] === 200) sent += 1;
        else failed += 1;
      });
      stream.on('close', resolve).resume();
      stream.on('error', () => {
        failed += 1;
      });
      stream.end(body);
    });
  await push(0); // a first answer opens the connection to more than one stream
  const answer = async ({ units }: { readonly units: number }) => {
    sent = 0;
    failed = 0;
    let next = 0;
    const loop = async () => {
      while (next < units) {
        next += 1;
        await push(next - 1);
      }
    };
    await Promise.all(Array.from({ length: WINDOW }, loop));
    return { sent, failed };
  };
  return { ready: {}, answer };
});

function providerToken({ key, key_id, team_id }: SimulatorEndpoints['providers']['apns']): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${part({ alg: 'ES256', kid: key_id })}.${part({ iss: team_id, iat: Math.floor(Date.now() / 1_000) })}`;
  const signature = sign('sha256', Buffer.from(head), { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' });
  return `${head}.${signature.toString('base64url')}`;
}
