import assert from 'node:assert/strict';
import type { Message } from '../../../../providers/contract.js';
import { compile } from '../../../../providers/webpush/payload.js';
import type { FetchAnswer, FetchCall } from '../../../../sdk/client/src/platform.js';
import type { IndexedDbStorage } from '../../../../sdk/client/src/storage/indexed-db.js';
import type { ShownNotification, WorkerScope } from '../../../../sdk/client/src/worker/scope.js';
import { installPealbell } from '../../../../sdk/client/src/worker/worker.js';

interface Notice extends ShownNotification {
  readonly title: string;
  readonly silent: boolean;
}

/** A browser around one service worker. */
class Browser {
  screen: Notice[] = [];
  /** Whatever was shown, in order. */
  readonly shown: Notice[] = [];
  readonly syncs: string[] = [];
  readonly windows: { url: string; words: unknown[]; focused: number }[] = [];
  readonly opened: string[] = [];
  readonly posts: {
    readonly token: string;
    readonly events: { readonly message: string; readonly event: string }[];
  }[] = [];
  answer = 200;
  isOffline = false;
  /** What showing a notification waits for. */
  beforeShown: Promise<void> | undefined;
  private listeners = new Map<string, (event: never) => void>();
  private readonly values = new Map<string, string>();

  constructor() {
    this.start();
  }
  /** Browsers end a service worker whenever they like; what it kept is what it knows. */
  start(): void {
    this.listeners = new Map();
    const { values } = this;
    const storage: IndexedDbStorage = {
      get: async (key) => values.get(key),
      set: async (key, value) => void values.set(key, value),
      async change(key, change) {
        const value = change(values.get(key));
        values.set(key, value);
        return value;
      },
    };
    const scope: WorkerScope = {
      registration: {
        showNotification: async (title, options) => {
          const { tag, data, silent = false } = options as { tag: string; data: unknown; silent?: boolean };
          const close = () => {
            this.screen = this.screen.filter((one) => one !== notice);
          };
          const notice: Notice = { title, tag, data, silent, close };
          await this.beforeShown;
          this.screen = [...this.screen.filter((one) => one.tag !== tag), notice];
          this.shown.push(notice);
        },
        getNotifications: async (filter) =>
          this.screen.filter(({ tag }) => filter?.tag === undefined || tag === filter.tag),
        sync: { register: async (tag) => this.syncs.push(tag) },
      },
      clients: {
        matchAll: async () =>
          this.windows.map((window) => ({
            url: window.url,
            visibilityState: 'visible',
            postMessage: (word: unknown) => void window.words.push(word),
            focus: async () => {
              window.focused += 1;
            },
          })),
        openWindow: async (url) => this.opened.push(url),
      },
      location: { href: 'https://shop.example/sw.js' },
      addEventListener: (type, listener) => void this.listeners.set(type, listener),
    };
    const fetch: FetchCall = async (url, { headers, body }) => {
      if (this.isOffline) throw new TypeError('offline');
      assert.equal(url, 'https://push.example/v1/events');
      const { events } = JSON.parse(body ?? '') as (typeof this.posts)[number];
      this.posts.push({ token: headers?.authorization ?? '', events });
      return { ok: this.answer < 400, status: this.answer } as FetchAnswer;
    };
    installPealbell({ scope, storage, fetch, now: () => Date.parse('2026-11-21T10:00:00Z') });
  }
  async dispatch(type: string, event: object): Promise<void> {
    const work: Promise<unknown>[] = [];
    this.listeners.get(type)?.({ ...event, waitUntil: (one: Promise<unknown>) => work.push(one) } as never);
    await Promise.all(work);
  }
  async push(message: Partial<Message>): Promise<void> {
    const base = { id: 'msg_1', app: 'shop', ttlSeconds: 60, priority: 'high' } as const;
    const text = compile({ ...base, ...message }).compiled?.plaintext.toString();
    await this.dispatch('push', { data: { json: () => JSON.parse(text ?? '') } });
  }
  word = (data: unknown) => this.dispatch('message', { data });
  access = (token = 't1') => this.word({ pealbell: 'access', access: { url: 'https://push.example', token } });
  click = (action = '') => this.dispatch('notificationclick', { action, notification: this.screen.at(-1) });
  get reported(): readonly string[] {
    return this.posts.flatMap(({ events }) => events.map(({ message, event }) => `${message} ${event}`));
  }
}

const notification = {
  title: 'Order 8812',
  body: 'On its way',
  click: { url: '/orders/8812' },
  actions: [
    { id: 'track', title: 'Track', url: 'https://shop.example/track' },
    { id: 'later', title: 'Later' },
  ],
};

describe('the service worker', () => {
  it('shows what the gateway sends, under its tag, and reports it', async () => {
    const browser = new Browser();
    await browser.access();
    await browser.push({ notification, collapseKey: 'order-8812' });
    assert.deepEqual(
      browser.screen.map(({ title, tag }) => [title, tag]),
      [['Order 8812', 'order-8812']],
    );
    assert.deepEqual(browser.posts, [
      {
        token: 'Bearer t1',
        events: [{ message: 'msg_1', event: 'displayed', at: '2026-11-21T10:00:00.000Z' }],
      },
    ]);
  });

  it('opens what was clicked, in the window that is there, and reports it with its action', async () => {
    const browser = new Browser();
    await browser.access();
    await browser.push({ notification });
    await browser.click();
    assert.deepEqual([browser.opened, browser.screen], [['https://shop.example/orders/8812'], []]);
    browser.windows.push({ url: 'https://shop.example/track', words: [], focused: 0 });
    await browser.push({ id: 'msg_2', notification, data: { order: '8812' } });
    await browser.click('track');
    assert.equal(browser.windows[0]?.focused, 1);
    const [word] = browser.windows[0]?.words ?? [];
    assert.deepEqual(word, {
      ...{ pealbell: 'opened', id: 'msg_2', action: 'track', url: 'https://shop.example/track' },
      ...{ deepLink: undefined, data: { order: '8812' } },
    });
    assert.deepEqual(browser.reported, ['msg_1 displayed', 'msg_1 opened', 'msg_2 displayed', 'msg_2 opened']);
    assert.deepEqual(browser.posts.at(-1)?.events[0], {
      ...{ message: 'msg_2', event: 'opened', action: 'track', at: '2026-11-21T10:00:00.000Z' },
    });
  });

  it('keeps reports while it is offline, over its own end, and says each once', async () => {
    const browser = new Browser();
    await browser.access();
    browser.isOffline = true;
    await browser.push({ notification });
    await browser.click('later');
    assert.deepEqual([browser.posts, browser.syncs], [[], ['pealbell', 'pealbell']]);
    browser.start();
    browser.isOffline = false;
    browser.answer = 503;
    await browser.dispatch('sync', { tag: 'pealbell' });
    browser.answer = 200;
    await browser.dispatch('sync', { tag: 'pealbell' });
    await browser.dispatch('sync', { tag: 'pealbell' });
    assert.deepEqual(browser.reported, [
      ...['msg_1 displayed', 'msg_1 opened'],
      ...['msg_1 displayed', 'msg_1 opened'],
    ]);
  });

  it('asks the pages for another access token when its own has ended, and goes on with it', async () => {
    const browser = new Browser();
    await browser.access();
    browser.answer = 401;
    browser.windows.push({ url: 'https://shop.example/', words: [], focused: 0 });
    await browser.push({ notification });
    assert.deepEqual(browser.windows[0]?.words, [{ pealbell: 'token' }]);
    browser.answer = 200;
    await browser.access('t2');
    assert.deepEqual(
      browser.posts.map(({ token }) => token),
      ['Bearer t1', 'Bearer t2'],
    );
    await browser.access('t2');
    assert.equal(browser.posts.length, 2);
  });

  it('does not show again what the person has taken away, nor make a sound for what is there', async () => {
    const browser = new Browser();
    await browser.push({ notification });
    await browser.push({ notification });
    assert.deepEqual(
      browser.shown.map(({ silent }) => silent),
      [false, true],
    );
    browser.screen[0]?.close();
    await browser.push({ notification });
    assert.deepEqual([browser.screen, browser.shown.length], [[], 2]);
  });

  it('waits with a push of the same message until the first is shown, and with no other', async () => {
    const browser = new Browser();
    let goOn = () => {};
    browser.beforeShown = new Promise((resolve) => {
      goOn = resolve;
    });
    const twice = [browser.push({ notification }), browser.push({ notification })];
    const other = browser.push({ id: 'msg_2', notification });
    await new Promise((resolve) => setImmediate(resolve));
    goOn();
    await Promise.all([...twice, other]);
    assert.deepEqual(browser.screen.map(({ tag }) => tag).sort(), ['msg_1', 'msg_2']);
    assert.deepEqual(
      browser.shown.map(({ tag, silent }) => [tag, silent]),
      [
        ['msg_1', false],
        ['msg_2', false],
        ['msg_1', true],
      ],
    );
  });

  it('does not show what realtime has shown, and takes off what it clears', async () => {
    const browser = new Browser();
    await browser.word({ pealbell: 'shown', id: 'msg_1', tag: 'msg_1' });
    browser.start();
    await browser.push({ notification });
    assert.deepEqual(browser.shown, []);
    await browser.push({ id: 'msg_2', notification, collapseKey: 'a' });
    await browser.push({ id: 'msg_3', notification, collapseKey: 'b' });
    await browser.word({ pealbell: 'clear', tags: ['a'] });
    assert.deepEqual(
      browser.screen.map(({ tag }) => tag),
      ['b'],
    );
  });

  it('hands data without a notification to the pages, and shows nothing', async () => {
    const browser = new Browser();
    browser.windows.push({ url: 'https://shop.example/', words: [], focused: 0 });
    await browser.push({ data: { refresh: 'now' } });
    assert.deepEqual(browser.windows[0]?.words, [{ pealbell: 'data', id: 'msg_1', data: { refresh: 'now' } }]);
    assert.deepEqual(browser.shown, []);
  });

  it('leaves alone what is not the gateway’s', async () => {
    const browser = new Browser();
    for (const json of [() => ({ title: 'other' }), () => 7, () => JSON.parse('{')]) {
      await browser.dispatch('push', { data: { json } });
    }
    await browser.dispatch('push', { data: null });
    await browser.word('hello');
    await browser.dispatch('notificationclick', {
      action: '',
      notification: { data: null, close: () => assert.fail() },
    });
    assert.deepEqual([browser.shown, browser.posts], [[], []]);
  });
});
