import { createECDH, randomBytes } from 'node:crypto';
import type { ReceiverKeys } from './encryption.js';

/** Each keeps its private key in OpenSSL's form, 1.7 KB: together some 170 MB. */
const SUBSCRIPTIONS_MAX = 100_000;
/** One key pair takes some 30 µs; after so many, others get their turn. */
const MADE_PER_TURN = 100;
const ID_BYTES = 48;
const AUTH_BYTES = 16;

/** What `PushSubscription.toJSON()` of a browser gives, without `expirationTime`. */
export interface PushSubscriptionJson {
  readonly endpoint: string;
  /** base64url without padding: an uncompressed P-256 point of 65 bytes, and 16 bytes. */
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface Subscription extends ReceiverKeys {
  readonly path: string;
  /** The application server key it was made with, base64url; any key will do when absent. */
  readonly vapidKey?: string;
  /** Its user agent unsubscribed, or was not seen for long. */
  isGone: boolean;
}

/** More subscriptions were asked for than a simulator keeps; the text is shown to whoever asked. */
export class TooManySubscriptionsError extends Error {
  override readonly name = 'TooManySubscriptionsError';
}

/** The subscriptions of one push service, found by the path of their endpoint. */
export class SubscriptionRegister {
  readonly #origin: string;
  readonly #pathOf: (id: string) => string;
  readonly #byPath = new Map<string, Subscription>();

  constructor(origin: string, pathOf: (id: string) => string) {
    this.#origin = origin;
    this.#pathOf = pathOf;
  }

  get size(): number {
    return this.#byPath.size;
  }

  /**
   * Plays `count` user agents that subscribe, each with keys of its own.
   *
   * @param vapidKey binds them to this application server key; to none when absent
   * @throws TooManySubscriptionsError when the service would keep more than 100,000.
   */
  async subscribe(count: number, vapidKey: string | undefined): Promise<PushSubscriptionJson[]> {
    if (this.#byPath.size + count > SUBSCRIPTIONS_MAX) {
      throw new TooManySubscriptionsError(
        `a push service keeps ${SUBSCRIPTIONS_MAX} subscriptions and has ${this.#byPath.size} already`,
      );
    }
    const made: PushSubscriptionJson[] = [];
    while (made.length < count) {
      if (made.length % MADE_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      const ecdh = createECDH('prime256v1');
      const publicKey = ecdh.generateKeys();
      const authSecret = randomBytes(AUTH_BYTES);
      const { path } = this.#keep({ ecdh, publicKey, authSecret, ...(vapidKey === undefined ? {} : { vapidKey }) });
      made.push({
        endpoint: `${this.#origin}${path}`,
        keys: { p256dh: publicKey.toString('base64url'), auth: authSecret.toString('base64url') },
      });
    }
    return made;
  }

  find(path: string): Subscription | undefined {
    return this.#byPath.get(path);
  }

  /** Gives a subscription a second address. Returns the new endpoint; the old one goes on. */
  move(subscription: Subscription): string {
    return `${this.#origin}${this.#keep(subscription).path}`;
  }

  #keep(keys: ReceiverKeys & Pick<Subscription, 'vapidKey'>): Subscription {
    const path = this.#pathOf(randomBytes(ID_BYTES).toString('base64url'));
    const subscription: Subscription = { ...keys, path, isGone: false };
    this.#byPath.set(path, subscription);
    return subscription;
  }
}
