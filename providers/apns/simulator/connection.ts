import type { X509Certificate } from 'node:crypto';
import { constants, type ServerHttp2Session } from 'node:http2';
import type { Refusal } from './answers.js';
import type { ApnsAccount, VerifiedToken } from './provider-token.js';

/** Apple: a token is refreshed no more than once every 20 minutes. */
const TOKEN_UPDATE_INTERVAL_MS = 1_200_000;
const HOLD_EVERY_MS = 5;

/** Concurrent streams that a connection allows before and after its first valid provider token. */
export interface StreamLimits {
  readonly beforeToken: number;
  readonly afterToken: number;
}

/** What APNs remembers of one connection: the account bound to it, its tokens, its end. */
export class ApnsConnection {
  /** What the client showed in the TLS handshake, good or bad. */
  readonly certificate: X509Certificate | undefined;
  readonly #session: ServerHttp2Session;
  readonly #limits: StreamLimits;
  #account: ApnsAccount | undefined;
  #newestToken: { readonly token: VerifiedToken; readonly firstUsedAt: number } | undefined;
  readonly #usedTokens = new Set<VerifiedToken>();
  #allowedStreams: number;
  #lastDecidedStream = 0;
  /** Streams above it are not processed any more; set once GOAWAY is on its way. */
  #lastServedStream = Number.POSITIVE_INFINITY;
  #isSilent = false;

  constructor(session: ServerHttp2Session, limits: StreamLimits, certificate?: X509Certificate) {
    this.certificate = certificate;
    this.#session = session;
    this.#limits = limits;
    this.#allowedStreams = limits.beforeToken;
    // There is no token to wait for.
    if (certificate !== undefined) this.allowStreams(limits.afterToken);
  }

  /** A half-open connection: nothing that arrives is answered, not even PING. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /**
   * Admits a verified token to this connection. The first binds team and key; it also opens the connection
   * to more than one stream at a time. A new token is too early when both its issue and its first use lie
   * within 20 minutes of the token before: a connection that is younger than its token does not count
   * against the sender.
   */
  admit(token: VerifiedToken, nowMs: number): Refusal | undefined {
    if (this.#account === undefined) {
      this.#account = token.account;
      this.allowStreams(this.#limits.afterToken);
    }
    if (token.account.teamId !== this.#account.teamId) return { status: 403, reason: 'InvalidProviderToken' };
    if (token.account.keyId !== this.#account.keyId) return { status: 403, reason: 'UnrelatedKeyIdInToken' };
    if (this.#usedTokens.has(token)) return undefined;
    const before = this.#newestToken;
    if (
      before !== undefined &&
      nowMs - before.firstUsedAt < TOKEN_UPDATE_INTERVAL_MS &&
      Math.abs(token.issuedAtMs - before.token.issuedAtMs) < TOKEN_UPDATE_INTERVAL_MS
    ) {
      return { status: 429, reason: 'TooManyProviderTokenUpdates' };
    }
    this.#newestToken = { token, firstUsedAt: nowMs };
    this.#usedTokens.add(token);
    return undefined;
  }

  /** `false` when GOAWAY told the sender that this stream is not processed. */
  serves(streamId: number): boolean {
    return streamId <= this.#lastServedStream;
  }

  /** Notes that the fate of a stream is decided, so that no GOAWAY will disown it. */
  noteDecided(streamId: number): void {
    if (streamId > this.#lastDecidedStream) this.#lastDecidedStream = streamId;
  }

  /** Announces a new SETTINGS_MAX_CONCURRENT_STREAMS. */
  allowStreams(streams: number): void {
    if (this.#isSilent || this.#session.destroyed) return;
    // Saying the same again is no news, and node:http2 gives a session up after ten SETTINGS without an ACK.
    if (streams === this.#allowedStreams) return;
    this.#allowedStreams = streams;
    this.#session.settings({ maxConcurrentStreams: streams });
  }

  /**
   * Sends GOAWAY with Apple's JSON as debug data. What was decided is still answered; what comes above the
   * last decided stream is not processed, `streamId` among it. Should nothing have been decided yet, then
   * `streamId` itself becomes the last stream and is served: node:http2 cannot send 0 as the last stream.
   */
  goAway(reason: string, streamId: number): void {
    if (this.#session.destroyed || this.#lastServedStream !== Number.POSITIVE_INFINITY) return;
    this.#lastServedStream = this.#lastDecidedStream === 0 ? streamId : this.#lastDecidedStream;
    const debug = Buffer.from(JSON.stringify({ reason }));
    // Not followed by close(): that would send a GOAWAY with a later last stream, which is a protocol error
    // (RFC 9113 §6.8). The peer closes the connection when its last answer is in.
    this.#session.goaway(constants.NGHTTP2_NO_ERROR, this.#lastServedStream, debug);
  }

  /** Stops reading for good, so that the peer sees a connection that is neither closed nor alive. */
  fallSilent(): void {
    if (this.#isSilent || this.#session.destroyed) return;
    this.#isSilent = true;
    // node:http2 reads from the socket's handle itself and answers PING below JavaScript; there is no public
    // way to hold that (pause() of the session's socket throws), hence the handle. A test holds Node to it.
    const socket = this.#session.socket as unknown as { readonly _handle?: { readStop(): unknown } };
    const hold = () => socket._handle?.readStop();
    hold();
    // A write that was still under way lets Node read again when it ends, so the hold is repeated.
    const repeat = setInterval(hold, HOLD_EVERY_MS);
    this.#session.once('close', () => clearInterval(repeat));
  }
}
