/** node:http2 alone, to Apple's simulator: one connection, nothing kept of the answers. */
import { createPrivateKey, sign } from 'node:crypto';
import { connect } from 'node:http2';
import type { SimulatorEndpoints } from '../../src/simulators.js';
import { apnsToken } from './devices.js';

type Apns = SimulatorEndpoints['providers']['apns'];

/** Pushes to the device of that number. @returns whether it was taken; never rejects */
export type PushTo = (device: number, body: Buffer) => Promise<boolean>;

export async function openApnsSession(apns: Apns): Promise<PushTo> {
  const session = connect(apns.production, { ca: apns.ca, settings: { enablePush: false } });
  await new Promise((resolve, reject) => session.once('remoteSettings', resolve).once('error', reject));
  const headers = {
    ':method': 'POST',
    authorization: `bearer ${providerToken(apns)}`,
    'apns-topic': apns.bundle_id,
    'apns-push-type': 'alert',
  };
  return (device, body) =>
    new Promise((resolve) => {
      let isTaken = false;
      const stream = session.request({ ...headers, ':path': `/3/device/${apnsToken(device)}` });
      stream.on('response', (answer) => {
        isTaken = answer[':status'] === 200;
      });
      stream.on('close', () => resolve(isTaken)).resume();
      stream.on('error', () => undefined); // `close` follows
      stream.end(body);
    });
}

function providerToken({ key, key_id, team_id }: Apns): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${part({ alg: 'ES256', kid: key_id })}.${part({ iss: team_id, iat: Math.floor(Date.now() / 1_000) })}`;
  const signature = sign('sha256', Buffer.from(head), { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' });
  return `${head}.${signature.toString('base64url')}`;
}
