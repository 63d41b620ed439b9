import { randomUUID } from 'node:crypto';
import type { Fault, FaultSource, LedgerSink } from '../../simulation.js';
import { type Answer, htmlAnswer } from './answers.js';
import type { Connection } from './connection.js';
import { type Reading, refused, type WholeRequest } from './endpoint.js';
import type { SendEndpoint } from './send-endpoint.js';
import type { TokenEndpoint } from './token-endpoint.js';

/** The most of a body that is kept; the rest is counted and dropped. No message comes near it. */
const BODY_KEPT_BYTES_MAX = 65_536;
const TOKEN_PATH = '/token';
const SEND_PATH = /^\/v1\/projects\/([^/?]+)\/messages:send$/;

/** What every request is judged with. */
export interface Desk {
  readonly send: SendEndpoint;
  readonly token: TokenEndpoint;
  readonly ledger: LedgerSink;
  readonly faults: FaultSource;
  readonly latencyMs: number;
  now(): number;
}

/** What came before the body, and the way back. */
export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Without pseudo headers; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly connection: Connection;
  /** The request's number on its connection. */
  readonly number: number;
  /** Does nothing once the sender is gone. */
  respond(status: number, headers: Readonly<Record<string, string | number>>, body: string): void;
  /** Breaks off without an answer. */
  reset(): void;
}

/** `unanswered`: the name of the fault that keeps the answer back. */
type Fate = { readonly answer: Answer; readonly latencyMs: number } | { readonly unanswered: string };

/** One request from its headers to its answer. */
export class FcmRequest {
  readonly #desk: Desk;
  readonly #exchange: Exchange;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(desk: Desk, exchange: Exchange) {
    this.#desk = desk;
    this.#exchange = exchange;
  }

  /** Takes in a piece of the body. */
  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= BODY_KEPT_BYTES_MAX) this.#chunks.push(chunk);
    else this.#chunks = [];
  }

  /** Decides the fate of the request, writes it down, and answers in due time. */
  finish(): void {
    const nowMs = this.#desk.now();
    const { headers, connection, number } = this.#exchange;
    const reading = this.#read({ headers, body: this.#body(), nowMs });
    const fate = this.#decide(reading);
    if ('answer' in fate) connection.noteDecided(number);
    const { provider, token, id, payloadJson, verdict } = reading;
    this.#desk.ledger.write({
      provider,
      token,
      id,
      headers,
      payloadJson,
      answer:
        'answer' in fate
          ? { status: fate.answer.status, reason: fate.answer.reason }
          : { status: null, reason: fate.unanswered },
      accepted: 'answer' in fate && fate.answer.status === 200 && verdict.kind === 'served' && verdict.isShown,
      at: nowMs,
    });
    if (!('answer' in fate)) return;
    const { answer, latencyMs } = fate;
    if (latencyMs === 0) this.#answer(answer);
    // Unreferenced: while the listener is open it keeps the process alive, and afterwards nobody waits.
    else setTimeout(() => this.#answer(answer), latencyMs).unref();
  }

  #read(request: WholeRequest): Reading {
    const { method, path } = this.#exchange;
    const [bare = ''] = path.split('?', 1);
    if (method === 'POST') {
      if (bare === TOKEN_PATH) return this.#desk.token.read(request);
      const projectId = SEND_PATH.exec(bare)?.[1];
      if (projectId !== undefined) return this.#desk.send.read(projectId, request);
    }
    // No API took it.
    const verdict = refused(htmlAnswer(404));
    return { provider: 'fcm', token: null, id: randomUUID(), payloadJson: null, verdict };
  }

  #decide({ provider, verdict }: Reading): Fate {
    const { connection, number } = this.#exchange;
    const { faults, latencyMs } = this.#desk;
    if (connection.isSilent) return { unanswered: 'half_open' };
    if (!connection.serves(number)) return { unanswered: 'goaway' };
    if (verdict.kind === 'refused') return { answer: verdict.answer, latencyMs };
    const fault = faults.take(provider, verdict.address);
    const unanswered = this.#disrupt(fault);
    if (unanswered !== undefined) return { unanswered };
    const asked = fault?.kind === 'answer' ? fault : undefined;
    const answer = asked?.status === undefined ? verdict.answer() : verdict.asked(asked, asked.status);
    return { answer, latencyMs: asked?.latencyMs ?? latencyMs };
  }

  /** Does what a fault asks of request or connection. Returns its name when there will be no answer. */
  #disrupt(fault: Fault | undefined): string | undefined {
    const { connection, number } = this.#exchange;
    switch (fault?.kind) {
      case undefined:
      case 'answer':
        return undefined;
      case 'max_streams':
        connection.allowStreams(fault.streams);
        return undefined;
      case 'stall':
        return fault.kind;
      case 'reset':
        this.#exchange.reset();
        return fault.kind;
      case 'half_open':
        connection.fallSilent();
        return fault.kind;
      case 'goaway':
        connection.goAway(number);
        return connection.serves(number) ? undefined : fault.kind;
      default:
        return fault satisfies undefined;
    }
  }

  #answer({ status, contentType, body, retryAfterSeconds }: Answer): void {
    if (this.#exchange.connection.isSilent) return;
    const headers: Record<string, string | number> = {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
    };
    if (retryAfterSeconds !== undefined) headers['retry-after'] = retryAfterSeconds;
    if (status === 401) headers['www-authenticate'] = 'Bearer realm="https://accounts.google.com/"';
    this.#exchange.respond(status, headers, body);
  }

  #body(): string | undefined {
    if (this.#bytes > BODY_KEPT_BYTES_MAX) return undefined;
    const [first] = this.#chunks;
    if (first === undefined) return '';
    return (this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks)).toString('utf8');
  }
}
