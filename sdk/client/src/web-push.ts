/** Registers a browser for Web Push at the gateway, and hands the service worker what it needs to report. */
import { type FetchCall, type FetchLike, platform } from './platform.js';

export interface WebPushOptions {
  /** Address of the gateway, as for `createRealtime`. */
  readonly url: string;
  /** The device's access token with the scopes `register` and `events`, or a function that gets one. */
  readonly token: string | (() => Promise<string>);
  /** Where the site serves the service worker, such as `/service-worker.js`. */
  readonly serviceWorkerUrl: string;
  /** The public key of the app's VAPID pair, base64url. */
  readonly vapidPublicKey: string;
  /** The provider's name in the app's file. Default `webpush`. */
  readonly provider?: string;
  /** What part of the site is the service worker's; see `register()` of browsers. */
  readonly scope?: string;
  /** `module` for a service worker that is an ES module. Default `classic`. */
  readonly type?: 'classic' | 'module';
  /** Default: the global `fetch`. */
  readonly fetch?: FetchLike;
}

export type WebPushResult =
  | {
      readonly kind: 'registered';
      /** The service worker reports with this one from now on. */
      setToken(token: string): void;
      /** Ends the subscription, here and at the gateway. */
      unregister(): Promise<void>;
    }
  /** The person, or the browser for them, does not allow notifications. */
  | { readonly kind: 'denied' }
  | { readonly kind: 'unsupported'; readonly why: string };

interface Subscription {
  readonly options?: { readonly applicationServerKey?: ArrayBuffer | null };
  toJSON(): { readonly endpoint?: string; readonly keys?: Readonly<Record<string, string>> };
  unsubscribe(): Promise<unknown>;
}
interface Registration {
  readonly active: { postMessage(word: unknown): void } | null;
  readonly pushManager?: {
    getSubscription(): Promise<Subscription | null>;
    subscribe(options: { userVisibleOnly: true; applicationServerKey: string }): Promise<Subscription>;
  };
}
interface PushPlatform {
  readonly navigator?: {
    readonly serviceWorker?: {
      register(url: string, options: object): Promise<Registration>;
      readonly ready: Promise<Registration>;
      addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
      removeEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
    };
  };
  readonly Notification?: { readonly permission: string; requestPermission(): Promise<string> };
  btoa(text: string): string;
}

/**
 * Asks for permission (call it in answer to a click), subscribes, and tells the gateway. Call it at every start of the
 * page once the person has agreed: a subscription may have changed, and the access token is renewed.
 *
 * @throws Error when the gateway or the push service refuses, with its reason
 */
export async function registerWebPush(options: WebPushOptions): Promise<WebPushResult> {
  const { navigator, Notification, btoa } = globalThis as unknown as PushPlatform;
  const container = navigator?.serviceWorker;
  if (container === undefined)
    return { kind: 'unsupported', why: 'no service workers here: not HTTPS, or a private window' };
  if (Notification === undefined) return { kind: 'unsupported', why: 'this browser shows no notifications' };
  const permission =
    Notification.permission === 'default' ? await Notification.requestPermission() : Notification.permission;
  if (permission !== 'granted') return { kind: 'denied' };

  const { serviceWorkerUrl, scope, type = 'classic' } = options;
  const registration = await container.register(serviceWorkerUrl, { type, ...(scope === undefined ? {} : { scope }) });
  const { pushManager } = registration;
  if (pushManager === undefined) return { kind: 'unsupported', why: 'this browser has no Web Push' };
  // Subscribing needs an active worker; `ready` is one, where its scope holds this page.
  if (registration.active === null) await container.ready;

  const base = options.url.replace(/\/+$/, '');
  const provider = options.provider ?? 'webpush';
  const getToken = async () => (typeof options.token === 'string' ? options.token : options.token());
  const call = (options.fetch ?? platform.fetch) as FetchCall; // any platform's `fetch` takes these options

  async function tellGateway(token: unknown): Promise<string> {
    const access = await getToken();
    const answer = await call(`${base}/v1/devices/me`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${access}`, 'content-type': 'application/json' },
      body: JSON.stringify({ platform: 'web', registrations: [{ provider, token }] }),
    });
    if (answer.ok) return access;
    const problem = (await answer.json().catch(() => undefined)) as { code?: string; detail?: string } | undefined;
    throw new Error(`the gateway refused the subscription: ${problem?.code ?? answer.status} ${problem?.detail ?? ''}`);
  }
  function handOver(access: { readonly url: string; readonly token: string } | undefined): void {
    registration.active?.postMessage({ pealbell: 'access', access });
  }

  const subscription = await subscribe(pushManager, options.vapidPublicKey, btoa);
  const { endpoint, keys } = subscription.toJSON();
  const token = await tellGateway({ endpoint, keys: { p256dh: keys?.p256dh, auth: keys?.auth } });
  handOver({ url: base, token });
  // The service worker's access token has ended; this page may have a newer one.
  const onWord = ({ data }: { readonly data: unknown }) => {
    if ((data as { pealbell?: unknown } | null)?.pealbell !== 'token' || typeof options.token === 'string') return;
    void options.token().then(
      (fresh) => handOver({ url: base, token: fresh }),
      () => {}, // it asks again with its next report
    );
  };
  container.addEventListener('message', onWord);
  return {
    kind: 'registered',
    setToken: (fresh) => handOver({ url: base, token: fresh }),
    async unregister() {
      container.removeEventListener('message', onWord);
      handOver(undefined);
      await subscription.unsubscribe();
      await tellGateway(null);
    },
  };
}

/** One for this key: a subscription for another is of no use to the gateway. */
async function subscribe(
  manager: NonNullable<Registration['pushManager']>,
  vapidPublicKey: string,
  btoa: PushPlatform['btoa'],
): Promise<Subscription> {
  const wanted = vapidPublicKey.replace(/=+$/, '');
  const there = await manager.getSubscription();
  const key = there?.options?.applicationServerKey;
  if (there !== null && (key === undefined || key === null || encode(key, btoa) === wanted)) return there;
  await there?.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
}

function encode(bytes: ArrayBuffer, btoa: PushPlatform['btoa']): string {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
