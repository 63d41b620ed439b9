/** A host that manages broadcast channels: HTTP/2 over TLS, one call per stream. */
import { randomUUID } from 'node:crypto';
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { FaultSource, LedgerSink, TlsMaterial } from '../../simulation.js';
import type { ApnsEnvironment, Refusal } from './answers.js';
import type { Channels } from './channels.js';
import { type ManageAnswer, type ManageCall, manage, readManagePath } from './manage-request.js';
import type { ProviderTokenVerifier } from './provider-token.js';
import { isCanonicalId } from './request-rules.js';

const BODY_KEPT_BYTES_MAX = 65_536;
/** The name in the ledger, and for faults, which are asked for by bundle id. */
const NAME = 'apns_channels';

export interface ManageDesk {
  readonly environment: ApnsEnvironment;
  readonly verifier: ProviderTokenVerifier;
  readonly channels: Channels;
  readonly ledger: LedgerSink;
  readonly faults: FaultSource;
  now(): number;
}

export class ManageHost {
  readonly #server: Http2SecureServer;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #desk: ManageDesk;
  #closed: Promise<void> | undefined;

  constructor(desk: ManageDesk, tls: TlsMaterial) {
    this.#desk = desk;
    this.#server = createSecureServer({ cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' });
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
    });
    this.#server.on('stream', (stream, headers) => this.#receive(stream, headers));
  }

  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => {
        this.#server.off('error', reject);
        // A TCP listener has an AddressInfo once it listens.
        resolve(`https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
      });
    });
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
      for (const session of this.#sessions) session.destroy();
    });
    return this.#closed;
  }

  #receive(stream: ServerHttp2Stream, received: IncomingHttpHeaders): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    stream.on('error', () => undefined); // a sender that goes away is no fault of the simulator's
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= BODY_KEPT_BYTES_MAX) chunks.push(chunk);
    });
    stream.on('end', () => {
      if (stream.closed || stream.destroyed) return;
      const headers = Object.fromEntries(
        Object.entries(received).flatMap(([name, value]) => (name.startsWith(':') ? [] : [[name, String(value)]])),
      );
      const body = bytes > BODY_KEPT_BYTES_MAX ? undefined : Buffer.concat(chunks).toString('utf8');
      this.#serve(stream, { method: String(received[':method']), path: String(received[':path']), headers, body });
    });
  }

  #serve(stream: ServerHttp2Stream, call: ManageCall): void {
    const given = call.headers['apns-request-id'];
    const id = given !== undefined && isCanonicalId(given) ? given : randomUUID();
    const named = readManagePath(call.path);
    const fault = 'reason' in named ? undefined : this.#desk.faults.take(NAME, named.bundleId);
    if (fault !== undefined && fault.kind !== 'answer') {
      this.#write(call, id, { status: null, reason: fault.kind });
      if (fault.kind !== 'stall') stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      return;
    }
    const asked =
      fault?.status === undefined || fault.status < 400
        ? undefined
        : { status: fault.status, reason: fault.reason ?? 'InternalServerError' };
    const answer = asked ?? ('reason' in named ? named : this.#judge(call, given, named));
    const reason = 'reason' in answer ? answer.reason : null;
    this.#write(call, id, { status: answer.status, reason });
    const headers = 'reason' in answer ? {} : answer.headers;
    const json = 'reason' in answer ? { reason: answer.reason } : answer.json;
    const head = { ':status': answer.status, 'apns-request-id': id, ...headers };
    if (json === undefined) stream.respond(head, { endStream: true });
    else {
      stream.respond({ ...head, 'content-type': 'application/json' });
      stream.end(JSON.stringify(json));
    }
  }

  #judge(
    call: ManageCall,
    requestId: string | undefined,
    { bundleId, isAll }: { readonly bundleId: string; readonly isAll: boolean },
  ): ManageAnswer | Refusal {
    const { verifier, channels, environment } = this.#desk;
    const verified = verifier.verify(call.headers.authorization, this.#desk.now());
    if (!('account' in verified)) return verified;
    if (requestId !== undefined && !isCanonicalId(requestId)) return { status: 400, reason: 'BadMessageId' };
    return manage(channels, call, verified.account, { bundleId, environment }, isAll);
  }

  /** Never an acceptance: nothing here is a message. */
  #write({ headers, body }: ManageCall, id: string, answer: { status: number | null; reason: string | null }): void {
    this.#desk.ledger.write({
      ...{ provider: NAME, token: headers['apns-channel-id'] ?? null, id, headers, answer, accepted: false },
      payloadJson: body === undefined || body === '' ? null : jsonOf(body),
      at: this.#desk.now(),
    });
  }
}

function jsonOf(body: string): string {
  try {
    JSON.parse(body);
    return body;
  } catch {
    return JSON.stringify(body);
  }
}
