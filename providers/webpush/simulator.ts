/**
 * The other side of Web Push: the push services of Google, Mozilla, Apple and Microsoft, each on a port of its own with
 * its own status codes and words, and the browsers behind them, which subscribe and decrypt. Written from RFC 8030, 8188,
 * 8291 and 8292 and the services' pages; shares no code with the adapter. Receipts (`Prefer: respond-async`) and the
 * legacy `aesgcm` coding are left out; browsers are always there, so that no TTL runs out and no topic replaces.
 */
import type { FaultSource, LedgerSink, TlsMaterial } from '../simulation.js';
import type { JwtCount } from './simulator/jwt-census.js';
import { Listener } from './simulator/listener.js';
import { ABROAD, type Desk, serve } from './simulator/request.js';
import { SenderKeys } from './simulator/sender-keys.js';
import { PROFILES, SERVICE_NAMES, type ServiceName } from './simulator/services/services.js';
import { type PushSubscriptionJson, SubscriptionRegister } from './simulator/subscriptions.js';
import { VapidVerifier } from './simulator/vapid.js';

export type { JwtCount } from './simulator/jwt-census.js';
export { SERVICE_NAMES, type ServiceName } from './simulator/services/services.js';
export { type PushSubscriptionJson, TooManySubscriptionsError } from './simulator/subscriptions.js';
export { createVapidKeys, type VapidKeys } from './simulator/vapid.js';

export interface WebPushSimulatorOptions {
  readonly tls: TlsMaterial;
  readonly ledger: LedgerSink;
  readonly faults: FaultSource;
  now(): number;
  /** Loopback port of each service; 0, the default, picks a free one. */
  readonly ports?: Partial<Readonly<Record<ServiceName, number>>>;
  /** From the arrival of the whole request to the answer; 0 when absent. */
  readonly latencyMs?: number;
}

export interface SubscribeOptions {
  readonly service: ServiceName;
  readonly count: number;
  /** Binds the subscriptions to this VAPID public key, base64url; any key may push when absent. */
  readonly vapidKey?: string;
}

export interface PushServiceSummary {
  readonly subscriptions: number;
  /** Different VAPID JWTs that it took. */
  readonly jwts: JwtCount;
}

export interface WebPushSimulator {
  /** Base URL of each service, such as `https://127.0.0.1:41234`. */
  readonly origins: Readonly<Record<ServiceName, string>>;
  /**
   * Base URLs for the endpoints of browsers that are not simulated: what comes below them is judged by its headers and
   * taken, but not read, for nobody here has its keys. A real push service knows no more.
   */
  readonly standIns: Readonly<Record<ServiceName, string>>;
  /**
   * Plays user agents that subscribe, each with keys of its own.
   *
   * @throws TooManySubscriptionsError beyond 100,000 at one service
   */
  subscribe(options: SubscribeOptions): Promise<readonly PushSubscriptionJson[]>;
  /** The user agent behind an endpoint unsubscribed: 410 from now on. Unknown endpoints are left alone. */
  expire(endpoint: string): void;
  /** How many different VAPID JWTs a service took. */
  jwts(service: ServiceName): JwtCount;
  /** What each service has seen so far. */
  summary(): Readonly<Record<ServiceName, PushServiceSummary>>;
  /** Cuts every connection and frees the ports. Calling it twice is harmless. */
  close(): Promise<void>;
}

/**
 * Starts every service on 127.0.0.1.
 *
 * @throws the listener's error, such as `EADDRINUSE`, when a port cannot be had; nothing stays open then.
 */
export async function startWebPushSimulator(options: WebPushSimulatorOptions): Promise<WebPushSimulator> {
  const listeners: Listener[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  const start = async (name: ServiceName): Promise<Desk> => {
    // Requests come only after `listen`, and what judges them knows the origin by then.
    let desk: Desk | undefined;
    const listener = new Listener(options.tls, (exchange, chunks, bytes) => {
      if (desk !== undefined) serve(desk, exchange, chunks, bytes);
    });
    listeners.push(listener);
    const origin = await listener.listen(options.ports?.[name] ?? 0);
    const profile = PROFILES[name];
    desk = {
      origin,
      profile,
      subscriptions: new SubscriptionRegister(origin, profile.pathOf),
      verifier: new VapidVerifier(origin, profile.refusesLocalhost),
      senderKeys: new SenderKeys(),
      ledger: options.ledger,
      faults: options.faults,
      latencyMs: options.latencyMs ?? 0,
      now: options.now,
    };
    return desk;
  };
  try {
    const [google, mozilla, apple, windows] = [
      await start('google'),
      await start('mozilla'),
      await start('apple'),
      await start('windows'),
    ];
    const desks: Readonly<Record<ServiceName, Desk>> = { google, mozilla, apple, windows };
    return {
      origins: {
        google: google.origin,
        mozilla: mozilla.origin,
        apple: apple.origin,
        windows: windows.origin,
      },
      standIns: {
        google: `${google.origin}${ABROAD}`,
        mozilla: `${mozilla.origin}${ABROAD}`,
        apple: `${apple.origin}${ABROAD}`,
        windows: `${windows.origin}${ABROAD}`,
      },
      subscribe: ({ service, count, vapidKey }) => desks[service].subscriptions.subscribe(count, vapidKey),
      expire: (endpoint) => {
        for (const name of SERVICE_NAMES) {
          const { origin, subscriptions } = desks[name];
          const found = endpoint.startsWith(`${origin}/`)
            ? subscriptions.find(endpoint.slice(origin.length))
            : undefined;
          if (found !== undefined) found.isGone = true;
        }
      },
      jwts: (service) => desks[service].verifier.jwts,
      summary: () => ({
        google: summaryOf(google),
        mozilla: summaryOf(mozilla),
        apple: summaryOf(apple),
        windows: summaryOf(windows),
      }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function summaryOf({ subscriptions, verifier }: Desk): PushServiceSummary {
  return { subscriptions: subscriptions.size, jwts: verifier.jwts };
}
