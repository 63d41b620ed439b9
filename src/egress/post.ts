import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Egress } from './egress.js';
import { type Exchanged, exchange } from './exchange.js';
import { whyFailed } from './post-failure.js';

export interface PosterOptions {
  readonly egress: Egress;
  /** Of one post in all: look-up, connection, TLS, request and answer. */
  readonly timeoutMs: number;
  /** PEM of the authority to trust in place of the system's. */
  readonly ca?: string;
}

/** What came of a post, and how long it took, in milliseconds. */
export type Posted = Exchanged & { readonly ms: number };

export interface Poster {
  /**
   * Sends bytes to an address that somebody else chose. Resolves within the time whatever the other side does, and never
   * rejects for it; at once where `signal` aborts.
   */
  post(url: string, headers: Readonly<Record<string, string>>, body: Buffer, signal: AbortSignal): Promise<Posted>;
  /** Ends the connections that wait to be used again. */
  close(): void;
}

const HEADER_BYTES_MAX = 16 * 1024;
/** A connection waits so long for the next post to the same place, and there are so many to each. */
const IDLE_MS = 15_000;
const IDLE_MAX = 2;

/**
 * Posts over https, and over plain http into networks that the operator lists. Every connection goes to an address that was
 * checked for it; no redirect is followed, no cookie kept, nothing decompressed.
 */
export function createPoster({ egress, timeoutMs, ca }: PosterOptions): Poster {
  const keep = { keepAlive: true, maxFreeSockets: IDLE_MAX, timeout: IDLE_MS };
  const roads = {
    'https:': { guard: egress, request: httpsRequest, agent: new HttpsAgent(keep) },
    'http:': { guard: egress.plain, request: httpRequest, agent: new HttpAgent(keep) },
  } as const;

  const ask = (url: URL, headers: Readonly<Record<string, string>>, body: Buffer, isFresh: boolean): ClientRequest => {
    const { guard, request, agent } = roads[url.protocol === 'http:' ? 'http:' : 'https:'];
    guard.checkUrl(url);
    return request(url, {
      method: 'POST',
      agent: isFresh ? false : agent,
      lookup: guard.lookup,
      maxHeaderSize: HEADER_BYTES_MAX,
      headers: { ...headers, 'accept-encoding': 'identity', 'content-length': String(body.length) },
      ...(ca === undefined ? {} : { ca }),
    });
  };

  return {
    async post(address, headers, body, signal) {
      const startedAt = performance.now();
      const spent = () => performance.now() - startedAt;
      const attempt = async (isFresh: boolean): Promise<Exchanged> => {
        let asking: ClientRequest;
        try {
          asking = ask(new URL(address), headers, body, isFresh);
        } catch (error) {
          // Refused before anything was opened, or headers that cannot be sent.
          return { kind: 'failed', ...whyFailed(error instanceof Error ? error : new Error(String(error))) };
        }
        return exchange(asking, body, Math.max(1, timeoutMs - spent()), signal, timeoutMs);
      };
      let result = await attempt(false);
      // A kept connection that the other side had given up meanwhile says nothing of that side.
      if (result.kind === 'failed' && result.wasStale === true) result = await attempt(true);
      return { ...result, ms: Math.round(spent()) };
    },
    close() {
      for (const { agent } of Object.values(roads)) agent.destroy();
    },
  };
}
