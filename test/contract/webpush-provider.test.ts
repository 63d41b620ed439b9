import { createECDH, randomBytes } from 'node:crypto';
import { webpushKind } from '../../providers/webpush/kind.js';
import { openRawServer, type RawRequest } from '../unit/providers/shared/raw-server.js';
import { type ProviderWorld, providerSuite } from './provider.suite.js';

function pointAndScalar(): { publicKey: string; privateKey: string } {
  const curve = createECDH('prime256v1');
  const publicKey = curve.generateKeys('base64url');
  // Node leaves leading zeros out: one key in 256 is a byte short.
  const scalar = curve.getPrivateKey();
  return { publicKey, privateKey: Buffer.concat([Buffer.alloc(32 - scalar.length), scalar]).toString('base64url') };
}

async function openWebPushWorld(): Promise<ProviderWorld> {
  const browser = { p256dh: pointAndScalar().publicKey, auth: randomBytes(16).toString('base64url') };
  const taken: string[] = [];
  const held: RawRequest[] = [];
  let isHolding = false;
  let onHeld: () => void = () => {};
  const firstHeld = new Promise<void>((resolve) => {
    onHeld = resolve;
  });
  const answer = ({ stream, headers }: RawRequest) => {
    if (stream.destroyed) return;
    const path = headers[':path'] ?? '';
    if (path.endsWith('/dead')) {
      stream.respond({ ':status': 410 }, { endStream: true });
      return;
    }
    taken.push(String(webpushKind.parsePushToken(subscription(path), options)));
    stream.respond({ ':status': 201, location: `${server.origin}/m/${taken.length}` }, { endStream: true });
  };
  const server = await openRawServer((request) => {
    if (!isHolding) {
      answer(request);
      return;
    }
    held.push(request);
    onHeld();
  });
  const subscription = (path: string) => ({ endpoint: server.origin + path, keys: browser });
  const options = {
    subject: 'mailto:ops@example.com',
    keys: JSON.stringify(pointAndScalar()),
    push_services: [new URL(server.origin).host],
    ca: server.ca,
  };
  return {
    kind: { ...webpushKind, parsePushToken: (raw) => webpushKind.parsePushToken(raw, options) },
    open: (env) => webpushKind.open(options, env),
    goodToken: (at) => ({ ...subscription(`/push/good-${at}`), expirationTime: null }),
    deadToken: () => JSON.stringify(subscription('/push/dead')),
    badTokens: [
      'not JSON',
      { endpoint: `${server.origin}/push/x` },
      { ...subscription('/push/x'), endpoint: 'https://attacker.example/fcm.googleapis.com/' },
      { ...subscription('/push/x'), keys: { ...browser, auth: 'c2hvcnQ' } },
    ],
    hold: () => {
      isHolding = true;
    },
    held: () => firstHeld,
    release: () => {
      isHolding = false;
      for (const request of held.splice(0)) answer(request);
    },
    vanish: () => server.close(),
    taken: () => taken,
    close: () => server.close(),
  };
}

providerSuite('Web Push', openWebPushWorld);
