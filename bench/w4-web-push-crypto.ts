import { createECDH, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import webPush from 'web-push';
import { encrypt } from '../providers/webpush/encryption.js';
import { KeyPairStock } from '../providers/webpush/key-pairs.js';
import { compile } from '../providers/webpush/payload.js';
import { pushServices } from '../providers/webpush/push-service.js';
import { parseSubscription, readSubscription } from '../providers/webpush/subscription.js';
import { readVapidKeys, VapidHeaders } from '../providers/webpush/vapid.js';
import { machine } from './system-under-test.js';

const SUBJECT = 'mailto:ops@example.com';
const ID = '00000000-0000-5000-8000-000000000000';
const ROUNDS = 5;

/**
 * W4, Web Push crypto: what one message to one browser costs before it is sent (reading the subscription, encrypting,
 * signing), every message to another browser, no network; beside `web-push` with the same keys and bytes. The least CPU of
 * five rounds, the two in turn.
 */
export async function w4WebPushCrypto(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: { messages: { type: 'string', default: '5000' } } });
  const count = Number(values.messages);
  const vapidKeys = webPush.generateVAPIDKeys();
  const serviceOf = pushServices();
  const browsers = Array.from({ length: count }, (_, at) => ({
    endpoint: `https://fcm.googleapis.com/fcm/send/${at}`,
    keys: {
      p256dh: createECDH('prime256v1').generateKeys('base64url'),
      auth: randomBytes(16).toString('base64url'),
    },
  }));
  const tokens = browsers.map((browser) => parseSubscription(browser, serviceOf));
  const { compiled } = compile({
    id: 'msg_w4',
    app: 'shop',
    notification: { title: 'W4', body: 'x'.repeat(300) },
    ttlSeconds: 600,
    priority: 'normal',
  });
  if (compiled === undefined) throw new Error('the message of this workload does not fit');
  const plaintext = compiled.plaintextFor(ID);
  const stock = new KeyPairStock();
  const vapid = new VapidHeaders(readVapidKeys(JSON.stringify(vapidKeys)), SUBJECT, () => Date.now());

  const runs: Readonly<Record<string, (at: number) => unknown>> = {
    'pealbell: read, encrypt, VAPID kept': (at) => {
      const subscription = readSubscription(tokens[at], serviceOf);
      vapid.for(subscription.endpoint.origin);
      return encrypt(compiled.plaintextFor(ID), subscription, stock.take());
    },
    'web-push: encrypt alone': (at) => {
      const keys = browsers[at]?.keys;
      return keys && webPush.encrypt(keys.p256dh, keys.auth, plaintext, 'aes128gcm');
    },
    'web-push: generateRequestDetails': (at) => {
      const browser = browsers[at];
      return (
        browser &&
        webPush.generateRequestDetails(browser, plaintext, { vapidDetails: { subject: SUBJECT, ...vapidKeys } })
      );
    },
  };
  const least = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(runs)) {
      const before = process.cpuUsage();
      for (let at = 0; at < count; at += 1) run(at);
      const { user, system } = process.cpuUsage(before);
      least.set(name, Math.min(least.get(name) ?? Number.POSITIVE_INFINITY, (user + system) / count));
    }
  }
  stock.close();
  process.stdout.write(`W4 Web Push crypto, ${count} browsers, ${plaintext.length} bytes of JSON; ${machine()}\n`);
  for (const [name, micros] of least) {
    const rate = Math.round(1_000_000 / micros);
    process.stdout.write(
      `${name.padEnd(38)} ${micros.toFixed(1).padStart(7)} CPU-us/message ${String(rate).padStart(6)}/s per core\n`,
    );
  }
  return 0;
}
