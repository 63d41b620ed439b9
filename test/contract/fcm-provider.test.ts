import { createHash } from 'node:crypto';
import { FCM_LIMITS, fcmKind } from '../../providers/fcm/kind.js';
import { FcmProvider } from '../../providers/fcm/provider.js';
import { openRawServer, type RawRequest } from '../unit/providers/shared/raw-server.js';
import { type ProviderWorld, providerSuite } from './provider.suite.js';

const UNREGISTERED = {
  code: 404,
  status: 'NOT_FOUND',
  message: 'Requested entity was not found.',
  details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: 'UNREGISTERED' }],
};

function tokenOf(seed: string): string {
  const hash = createHash('sha512').update(seed).digest('base64url');
  return `${hash.slice(0, 22)}:APA91b${hash}${hash}`;
}

function say(request: RawRequest, status: number, body: object): void {
  request.stream.respond({ ':status': status, 'content-type': 'application/json; charset=UTF-8' });
  request.stream.end(JSON.stringify(body));
}

/** FCM by a bare server that this test commands; access tokens come out of the air. */
async function openFcmWorld(): Promise<ProviderWorld> {
  const dead = tokenOf('dead');
  const taken: string[] = [];
  const held: RawRequest[] = [];
  let isHolding = false;
  let onHeld: () => void = () => {};
  const firstHeld = new Promise<void>((resolve) => {
    onHeld = resolve;
  });
  const answer = (request: RawRequest) => {
    if (request.stream.destroyed) return;
    const { message } = JSON.parse(request.body.toString()) as { message: { token: string } };
    if (message.token === dead) {
      say(request, 404, { error: UNREGISTERED });
      return;
    }
    taken.push(message.token);
    say(request, 200, { name: `projects/shop/messages/${taken.length}` });
  };
  const server = await openRawServer((request) => {
    if (!isHolding) {
      answer(request);
      return;
    }
    held.push(request);
    onHeld();
  });
  return {
    kind: fcmKind,
    open: async (env) =>
      new FcmProvider(
        {
          tokens: { issue: async () => ({ value: 'access', expiresInSeconds: 3600 }) },
          projectId: 'shop',
          endpoint: server.origin,
          ca: server.ca,
          limits: FCM_LIMITS,
        },
        env,
      ),
    goodToken: (at) => tokenOf(`good ${at}`),
    deadToken: () => dead,
    badTokens: ['short', `${dead} `, `${dead}/../x`, `${dead}é`, 'a'.repeat(4097)],
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

providerSuite('FCM', openFcmWorld);
