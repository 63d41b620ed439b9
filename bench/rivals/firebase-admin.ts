/** `firebase-admin` as its documentation shows it: `sendEachForMulticast` with 500 tokens each, over its HTTP/2. */
import { writeFile } from 'node:fs/promises';
import http2, { type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import { Agent } from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { cert, initializeApp } from 'firebase-admin/app';
import { getMessaging } from 'firebase-admin/messaging';
import type { SimulatorEndpoints } from '../../src/simulators.js';
import { fcmToken, NOTIFICATION } from '../harness/devices.js';
import { serveRival, type Told } from '../harness/rival.js';

/** The most that one call takes. */
const TOKENS_PER_CALL = 500;

interface Setup {
  readonly fcm: SimulatorEndpoints['providers']['fcm'];
  /** Calls under way at once. */
  readonly parallel: number;
  /** For the credential's file: only one from a file asks for its token over the agent. */
  readonly dir: string;
}

/** Host and scheme are written into the library; its connections are led to the simulator, all else is its own. */
class DetouringAgent extends Agent {
  readonly #port: number;
  readonly #ca: string;

  constructor(fcm: Setup['fcm']) {
    super({ keepAlive: true });
    this.#port = Number(new URL(fcm.base_url).port);
    this.#ca = fcm.ca;
  }

  override createConnection() {
    return tlsConnect({ host: '127.0.0.1', port: this.#port, servername: 'localhost', ca: this.#ca });
  }
}

function detourHttp2({ base_url, ca }: Setup['fcm']): void {
  const connect = http2.connect;
  const detoured = (_authority: string, options: object): ClientHttp2Session => {
    const session = connect(base_url, { ...options, ca });
    const request = session.request.bind(session);
    // It writes `:scheme: https:`, with a colon, which Google lets pass and node:http2's server does not.
    session.request = (headers, more) =>
      request({ ...(headers as OutgoingHttpHeaders | undefined), ':scheme': 'https' }, more);
    return session;
  };
  Object.assign(http2, { connect: detoured });
  syncBuiltinESMExports();
}

serveRival<Setup, { readonly units: number }, Told>(async ({ fcm, parallel, dir }) => {
  detourHttp2(fcm);
  const agent = new DetouringAgent(fcm);
  const file = join(dir, 'firebase-admin.json');
  await writeFile(file, fcm.service_account, { mode: 0o600 });
  const app = initializeApp({ credential: cert(file, agent), httpAgent: agent, projectId: fcm.project_id });
  const messaging = getMessaging(app);
  const answer = async ({ units }: { readonly units: number }) => {
    let next = 0;
    let sent = 0;
    let failed = 0;
    const loop = async () => {
      while (next < units) {
        const from = next;
        next = Math.min(units, from + TOKENS_PER_CALL);
        const tokens = Array.from({ length: next - from }, (_, i) => fcmToken(from + i));
        const result = await messaging.sendEachForMulticast({ tokens, notification: { ...NOTIFICATION } });
        sent += result.successCount;
        failed += result.failureCount;
      }
    };
    await Promise.all(Array.from({ length: parallel }, loop));
    return { sent, failed };
  };
  return { ready: {}, answer };
});
