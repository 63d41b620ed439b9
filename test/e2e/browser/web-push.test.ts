import assert from 'node:assert/strict';
import { appendFile, readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'playwright-core';
import { openPushDelivery, openTab, type PushDelivery, type Tab } from '../../support/browser-tab.js';
import { testBrowser } from '../../support/chromium.js';
import { readPayloads } from '../../support/ledger-payloads.js';
import { type Caller, createCaller, openWorld, until, type World } from '../../support/world.js';

/** Where the site has the client, as compiled for everybody. */
const CLIENT = fileURLToPath(new URL('../../../sdk/client/src/', import.meta.url));
const WORKER = '/client/service-worker.js';
const PAGE = '<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><h1>Shop</h1></html>';

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
}
const SHOWN = `navigator.serviceWorker.ready
  .then((registration) => registration.getNotifications())
  .then((all) => all.map(({ title, body, tag }) => ({ title, body, tag })))`;

describe('Web Push in a browser', function () {
  this.timeout(60_000);
  let world: World;
  let call: Caller;
  let site: Server;
  let tab: Tab;
  let worker: Worker;
  let push: PushDelivery;

  before(async function () {
    const browser = await testBrowser(this);
    world = await openWorld();
    await appendFile(join(world.configDir, 'apps/demo.yaml'), 'realtime:\n  origins: ["*"]\n');
    const gateway = await world.open();
    const url = gateway.api?.url ?? '';
    call = createCaller(url, await world.key(gateway));
    const { webpush, endpoints } = world.simulators;
    const { vapid } = endpoints.providers.webpush;
    const [token] = await webpush.subscribe({ service: 'google', count: 1, vapidKey: vapid.publicKey });
    const device = await call('PUT', '/v1/devices/browser1', {
      ...{ user: 'alice', platform: 'web', registrations: [{ provider: 'webpush', token }] },
    });
    assert.equal(device.status, 201, JSON.stringify(device.body));
    const access = await call<{ token: string }>('POST', '/v1/realtime/tokens', { device: 'browser1' });

    site = createServer((request, response) => void serve(request.url ?? '/', response));
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    // A name that browsers take for a secure place.
    const origin = `http://localhost:${(site.address() as AddressInfo).port}`;
    tab = await openTab(browser, [origin, url]);
    push = await openPushDelivery(tab, origin);
    await tab.page.goto(origin);
    const started = tab.page.context().waitForEvent('serviceworker');
    // As `registerWebPush` does it, but for the subscription: there is no push service to subscribe at.
    const word = JSON.stringify({ pealbell: 'access', access: { url, token: access.body.token } });
    await tab.page.evaluate(`navigator.serviceWorker.register('${WORKER}', { type: 'module', scope: '/' })
      .then(() => navigator.serviceWorker.ready)
      .then((registration) => {
        navigator.serviceWorker.onmessage = ({ data }) => (window.told = data);
        registration.active.postMessage(${word});
      })`);
    worker = await started;
  });
  after(async () => {
    await tab?.close();
    site?.close();
    site?.closeAllConnections();
    await world?.close();
  });

  async function serve(path: string, response: ServerResponse): Promise<void> {
    const file = path.startsWith('/client/') ? path.slice('/client/'.length) : undefined;
    const body = file === undefined ? PAGE : await readFile(join(CLIENT, file)).catch(() => undefined);
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': file === undefined ? 'text/html; charset=utf-8' : 'text/javascript',
      'service-worker-allowed': '/',
    });
    response.end(body);
  }

  /** Sends to the browser past its own connection, and gives what its push service received, decrypted. */
  async function received(body: Record<string, unknown>): Promise<string> {
    const { status, body: message } = await call<{ id: string }>('POST', '/v1/messages', {
      ...{ to: { users: ['alice'] }, ...body, delivery: { route: 'push_only', ...(body.delivery as object) } },
    });
    assert.equal(status, 202, JSON.stringify(message));
    const payloads = await until(
      async () => readPayloads(world.simulators.ledger, 'webpush', message.id),
      ({ length }) => length > 0,
    );
    assert.equal(payloads.length, 1);
    return JSON.stringify(payloads[0]);
  }
  /** What the gateway knows of the delivery of a message, once it stands so. */
  const delivery = (text: string, state: string) =>
    until(
      async () => {
        const { pealbell } = JSON.parse(text) as { pealbell: { id: string } };
        const { body } = await call<{ data: { state: string }[] }>('GET', `/v1/messages/${pealbell.id}/deliveries`);
        return body.data[0]?.state;
      },
      (now) => now === state,
    );
  /**
   * Delivers, and waits until the worker has reported that it is shown: whoever asks Chromium for the notifications while it is
   * showing one can make it forget that one.
   */
  async function show(text: string, times = 1): Promise<void> {
    for (let n = 0; n < times; n++) await push.deliver(text);
    await delivery(text, 'displayed');
  }
  const shown = (wanted: (all: readonly Shown[]) => boolean) =>
    until(() => tab.page.evaluate<readonly Shown[]>(SHOWN), wanted);

  it('shows what was sent, as its service worker reads it from the decrypted message', async () => {
    const text = await received({ notification: { title: 'Order 8812', body: 'It is on its way, größer 📦' } });
    await show(text);
    const [first] = await shown(({ length }) => length === 1);
    assert.equal(first?.title, 'Order 8812');
    assert.equal(first?.body, 'It is on its way, größer 📦');
    assert.match(first?.tag ?? '', /^\S+$/);
  });

  it('shows a message once that its push service delivers twice', async () => {
    const text = await received({ notification: { title: 'Twice', body: 'or not' } });
    await show(text, 2);
    // The third one begins when the first two have begun; which of them is on the screen first nobody says.
    await show(await received({ notification: { title: 'After that', body: '…' } }));
    const all = await shown((some) => ['Twice', 'After that'].every((one) => some.some(({ title }) => title === one)));
    assert.equal(all.filter(({ title }) => title === 'Twice').length, 1);
  });

  it('puts a newer message with the same collapse key in the place of the older one', async () => {
    for (const title of ['1 : 0', '2 : 0']) {
      const collapsing = { collapse_key: 'match-7' };
      await show(await received({ notification: { title, body: 'Half time' }, delivery: collapsing }));
      const all = await shown((some) => some.some((one) => one.title === title));
      assert.deepEqual(
        all.filter(({ tag }) => tag === 'match-7').map((one) => one.title),
        [title],
      );
    }
  });

  it('hands the click to the site, with the message and where it leads, and reports it', async () => {
    const notification = { title: 'Track it', body: 'One click', click: { url: 'https://shop.example/orders/8812' } };
    const text = await received({ notification, data: { order: '8812' } });
    await show(text);
    await shown((all) => all.some(({ title }) => title === 'Track it'));
    // The DevTools protocol has no hand to click with: the event is made where the browser would make it. Nobody's click,
    // so no window opens for it.
    await worker.evaluate(`registration.getNotifications().then((all) => {
      const notification = all.find(({ title }) => title === 'Track it');
      dispatchEvent(new NotificationEvent('notificationclick', { notification }));
    })`);
    await tab.page.waitForFunction("window.told?.pealbell === 'opened'");
    const told = await tab.page.evaluate<Record<string, unknown>>('window.told');
    const { pealbell } = JSON.parse(text) as { pealbell: { id: string } };
    assert.deepEqual(
      [told.id, told.url, told.data],
      [pealbell.id, 'https://shop.example/orders/8812', { order: '8812' }],
    );
    await shown((all) => all.every(({ title }) => title !== 'Track it'));
    await delivery(text, 'opened');
  });

  it('complains of nothing', () => {
    assert.deepEqual(tab.complaints, []);
  });

  it('makes keys that a browser takes for keys of a site', async () => {
    const { publicKey } = world.simulators.endpoints.providers.webpush.vapid;
    const subscribing = (key: string) =>
      tab.page.evaluate<string>(`navigator.serviceWorker.ready
        .then((registration) => registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: '${key}' }))
        .then(() => 'subscribed', (error) => error.name)`);
    assert.equal(await subscribing(`${publicKey.slice(0, -4)}`), 'InvalidAccessError');
    // No push service can be reached from here; the key was read before that was tried.
    assert.equal(await subscribing(publicKey), 'AbortError');
  });
});
