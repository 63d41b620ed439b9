import assert from 'node:assert/strict';
import type { FetchInit } from '../../../../sdk/client/src/platform.js';
import { registerWebPush, type WebPushOptions } from '../../../../sdk/client/src/web-push.js';

const KEY = Buffer.alloc(65, 4).toString('base64url');

/** The globals of a page, as far as `registerWebPush` looks at them; put back after each test. */
class Page {
  permission = 'default';
  answer = 'granted';
  /** The push service's memory of this browser. */
  subscription: { readonly key: string; readonly endpoint: string } | undefined;
  subscriptions = 0;
  readonly registered: unknown[] = [];
  readonly words: unknown[] = [];
  readonly calls: {
    readonly url: string;
    readonly method: unknown;
    readonly token: unknown;
    readonly body: unknown;
  }[] = [];
  status = 200;
  listener: ((event: { data: unknown }) => void) | undefined;

  private readonly pushManager = {
    getSubscription: async () => (this.subscription === undefined ? null : this.wrap(this.subscription)),
    subscribe: async ({ applicationServerKey }: { applicationServerKey: string }) => {
      this.subscriptions += 1;
      this.subscription = { key: applicationServerKey, endpoint: `https://push.example/${this.subscriptions}` };
      return this.wrap(this.subscription);
    },
  };
  private wrap({ key, endpoint }: { key: string; endpoint: string }) {
    const bytes = Uint8Array.from(Buffer.from(key, 'base64url'));
    return {
      options: { applicationServerKey: bytes.buffer },
      toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh: 'P', auth: 'A' } }),
      unsubscribe: async () => {
        this.subscription = undefined;
      },
    };
  }
  readonly globals = {
    navigator: {
      serviceWorker: {
        register: async (url: string, options: object) => {
          this.registered.push([url, options]);
          return {
            active: { postMessage: (word: unknown) => void this.words.push(word) },
            pushManager: this.pushManager,
          };
        },
        addEventListener: (_type: string, listener: (event: { data: unknown }) => void) => {
          this.listener = listener;
        },
        removeEventListener: () => {
          this.listener = undefined;
        },
      },
    },
    Notification: {
      permission: 'default',
      requestPermission: async () => this.answer,
    },
  };
  options(more: Partial<WebPushOptions> = {}): WebPushOptions {
    const fetch = async (url: string, { method, headers, body }: FetchInit) => {
      this.calls.push({ url, method, token: headers?.authorization, body: JSON.parse(body ?? '') });
      return {
        ok: this.status < 400,
        status: this.status,
        json: async () => ({ code: 'token_refused', detail: 'no' }),
      };
    };
    return {
      ...{ url: 'https://push.example.com/', token: async () => 't1', serviceWorkerUrl: '/sw.js', vapidPublicKey: KEY },
      fetch: fetch as unknown as NonNullable<WebPushOptions['fetch']>, // of every platform's fetch, what is used here
      ...more,
    };
  }
}

describe('registering for Web Push', () => {
  const names = ['navigator', 'Notification'] as const;
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  let page: Page;
  const install = (globals: Partial<Page['globals']>) => {
    for (const name of names) Object.defineProperty(globalThis, name, { value: globals[name], configurable: true });
  };
  beforeEach(() => {
    page = new Page();
    install(page.globals);
  });
  afterEach(() => {
    for (const [i, name] of names.entries()) {
      const descriptor = before[i];
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  });

  it('subscribes, tells the gateway, and hands the service worker an access token', async () => {
    const result = await registerWebPush(page.options({ provider: 'web' }));
    assert.equal(result.kind, 'registered');
    assert.deepEqual(page.registered, [['/sw.js', { type: 'classic' }]]);
    const token = { endpoint: 'https://push.example/1', keys: { p256dh: 'P', auth: 'A' } };
    assert.deepEqual(page.calls, [
      {
        ...{ url: 'https://push.example.com/v1/devices/me', method: 'PUT', token: 'Bearer t1' },
        body: { platform: 'web', registrations: [{ provider: 'web', token }] },
      },
    ]);
    assert.deepEqual(page.words, [{ pealbell: 'access', access: { url: 'https://push.example.com', token: 't1' } }]);
  });

  it('keeps a subscription for this key, and replaces one for another', async () => {
    await registerWebPush(page.options());
    await registerWebPush(page.options());
    assert.equal(page.subscriptions, 1);
    await registerWebPush(page.options({ vapidPublicKey: Buffer.alloc(65, 5).toString('base64url') }));
    assert.deepEqual([page.subscriptions, page.subscription?.endpoint], [2, 'https://push.example/2']);
  });

  it('gives the service worker a newer access token when it asks, and none after the end', async () => {
    let count = 0;
    const result = await registerWebPush(page.options({ token: async () => `t${++count}` }));
    page.listener?.({ data: { pealbell: 'token' } });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(page.words.at(-1), {
      pealbell: 'access',
      access: { url: 'https://push.example.com', token: 't2' },
    });
    assert.ok(result.kind === 'registered');
    await result.unregister();
    assert.deepEqual(page.words.at(-1), { pealbell: 'access', access: undefined });
    assert.deepEqual(page.calls.at(-1)?.body, {
      platform: 'web',
      registrations: [{ provider: 'webpush', token: null }],
    });
    assert.deepEqual([page.subscription, page.listener], [undefined, undefined]);
  });

  it('says when the person does not want it, or the browser cannot', async () => {
    page.answer = 'denied';
    assert.deepEqual(await registerWebPush(page.options()), { kind: 'denied' });
    install({});
    const result = await registerWebPush(page.options());
    assert.equal(result.kind, 'unsupported');
    assert.deepEqual([page.calls, page.subscriptions], [[], 0]);
  });

  it('fails with the gateway’s reason', async () => {
    page.status = 401;
    await assert.rejects(registerWebPush(page.options()), /refused the subscription: token_refused no/);
    assert.deepEqual(page.words, []);
  });
});
