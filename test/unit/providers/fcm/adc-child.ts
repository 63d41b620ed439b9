/** A process of its own, since firebase-admin reads the environment once: says what it loaded, and gets two tokens. */
import { createRequire } from 'node:module';
import { openGoogleCredential } from '../../../../providers/fcm/google-credential.js';
import { fcmKind } from '../../../../providers/fcm/kind.js';

function isSdkLoaded(): boolean {
  return Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/firebase-admin/'));
}

const before = isSdkLoaded();
const isKnown = fcmKind.check({ id: 'msg_1', app: 'shop', ttlSeconds: 0, priority: 'low' }).length === 0;
const source = await openGoogleCredential({ serviceAccount: undefined, tokenEndpoint: undefined, ca: undefined });
const tokens: unknown[] = [];
for (let round = 0; round < 2; round += 1) {
  tokens.push(await source.issue(new AbortController().signal).catch((error: Error) => error.message));
}
process.stdout.write(JSON.stringify({ isKnown, before, after: isSdkLoaded(), tokens }));
