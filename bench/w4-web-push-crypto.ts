import { createECDH, randomBytes } from 'node:crypto';
import webPush from 'web-push';
import { encrypt } from '../providers/webpush/encryption.js';
import { KeyPairStock } from '../providers/webpush/key-pairs.js';
import { compile } from '../providers/webpush/payload.js';
import { pushServices } from '../providers/webpush/push-service.js';
import { parseSubscription, readSubscription } from '../providers/webpush/subscription.js';
import { readVapidKeys, VapidHeaders } from '../providers/webpush/vapid.js';
import { machine } from './harness/cores.js';
import type { BenchOptions } from './harness/options.js';
import { figure, type Report } from './harness/report.js';

const SUBJECT = 'mailto:ops@example.com';
const ROUNDS = 5;
const MESSAGES = 5_000;

/**
 * W4, Web Push crypto: what one message to one browser costs before it is sent (reading the subscription, encrypting,
 * signing), every message to another browser, no network; beside `web-push` with the same keys and bytes. The least CPU of
 * five rounds, the two in turn.
 */
export async function w4WebPushCrypto(options: BenchOptions): Promise<Report> {
  const count = options.devices ?? MESSAGES;
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
  const plaintext = compiled.plaintext;
  const stock = new KeyPairStock();
  const vapid = new VapidHeaders(readVapidKeys(JSON.stringify(vapidKeys)), SUBJECT, () => Date.now());

  const runs: Readonly<Record<string, (at: number) => unknown>> = {
    'pealbell: read, encrypt, VAPID kept': (at) => {
      const subscription = readSubscription(tokens[at], serviceOf);
      vapid.for(subscription.endpoint.origin);
      return encrypt(compiled.plaintext, subscription, stock.take());
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
  const [[, ours = 0] = []] = least;
  return {
    workload: 'W4',
    conditions: [
      `${count.toLocaleString('en')} browsers, ${plaintext.length} bytes of JSON each, no network.`,
      `The least of ${ROUNDS} rounds in turn, in one process; ${machine()}.`,
    ],
    columns: ['', 'CPU-µs per message', 'per second and core', 'times ours'],
    rows: [...least].map(([name, micros]) => [
      name,
      micros.toFixed(1),
      figure(Math.round(1_000_000 / micros)),
      (micros / ours).toFixed(2),
    ]),
    notes: [],
    account: 'none',
  };
}
