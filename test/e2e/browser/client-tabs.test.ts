import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { eventually } from '../../contract/realtime-client/client.suite.js';
import { openPushDelivery, openTab, type PushDelivery, type Tab } from '../../support/browser-tab.js';
import { testBrowser } from '../../support/chromium.js';
import { type ScriptedRealtime, scriptedToken, startScriptedRealtime } from '../../support/scripted-realtime.js';

/** The client as it is compiled; a browser needs no bundler for it. */
const COMPILED = fileURLToPath(new URL('../../../sdk/client/src/', import.meta.url));
const PAGE = '<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><h1>Shop</h1></html>';

describe('the client in a browser', function () {
  this.timeout(60_000);
  let gateway: ScriptedRealtime;
  let site: Server;
  let origin: string;
  let tab: Tab;
  const reports: {
    readonly token: string | undefined;
    readonly events: readonly { message: string; event: string }[];
  }[] = [];

  before(async function () {
    const browser = await testBrowser(this);
    gateway = await startScriptedRealtime();
    site = createServer((request, response) => {
      const path = request.url ?? '/';
      if (path === '/v1/events') {
        let body = '';
        request.on('data', (chunk) => {
          body += String(chunk);
        });
        request.on('end', () => {
          reports.push({ token: request.headers.authorization, ...JSON.parse(body) });
          response.end('{"results":[]}');
        });
      } else if (/^\/sdk\/[\w/-]+\.js$/.test(path)) {
        response.setHeader('content-type', 'text/javascript');
        response.setHeader('service-worker-allowed', '/');
        void readFile(COMPILED + path.slice('/sdk/'.length)).then(
          (text) => response.end(text),
          () => response.writeHead(404).end(),
        );
      } else {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(PAGE);
      }
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    // A name that browsers take for a secure place.
    origin = `http://localhost:${(site.address() as AddressInfo).port}`;
    tab = await openTab(browser, [origin, gateway.url]);
  });
  after(async () => {
    await tab?.close();
    site?.closeAllConnections();
    site?.close();
    await gateway?.close();
  });

  const token = scriptedToken({ device: 'browser1' });
  const START = `import('/sdk/index.js').then(({ createRealtime, indexedDbStorage }) => {
    window.seen = [];
    window.realtime = createRealtime({ url: 'URL', token: '${token}', storage: indexedDbStorage() });
    realtime.on('message', async ({ id }) => { seen.push(id); });
    return new Promise((resolve) => {
      realtime.on('state', ({ kind }) => kind === 'online' && resolve());
      realtime.connect();
    });
  })`;
  async function openPage(): Promise<Page> {
    const page = await tab.page.context().newPage();
    await page.goto(origin);
    await page.evaluate(START.replace('URL', gateway.url));
    return page;
  }
  const seen = (page: Page) => page.evaluate<readonly string[]>('seen');

  it('is one device in all tabs: one connection, handlers in each, and another tab goes on when it closes', async () => {
    const pages = [await openPage(), await openPage(), await openPage()];
    gateway.send('browser1', 'm1');
    gateway.send('browser1', 'm2');
    for (const page of pages) await eventually(async () => (await seen(page)).join() === 'm1,m2');
    await eventually(() => gateway.waiting('browser1').length === 0);
    assert.equal(gateway.opened.length, 1);

    gateway.swallow = ({ t }) => t === 'done';
    gateway.send('browser1', 'm3');
    for (const page of pages) await eventually(async () => (await seen(page)).length === 3);
    const [first, ...others] = pages;
    await first?.close();
    gateway.swallow = () => false;
    gateway.send('browser1', 'm4');
    for (const page of others) await eventually(async () => (await seen(page)).join() === 'm1,m2,m3,m4');
    await eventually(() => gateway.waiting('browser1').length === 0);
    assert.equal(gateway.opened.length, 2);

    assert.deepEqual(await others[0]?.evaluate(`realtime.send('chat', { text: 'hi' })`), { kind: 'safe' });
    assert.deepEqual(await others[1]?.evaluate(`realtime.opened('m4')`), { kind: 'safe' });
    assert.equal(gateway.kept.length, 2);
    for (const page of others) await page.close();
  });

  it('goes on where it stood when the browser comes back, from IndexedDB', async () => {
    const page = await openPage();
    gateway.send('browser1', 'm5');
    await eventually(async () => (await seen(page)).join() === 'm5');
    await eventually(() => gateway.waiting('browser1').length === 0);
    assert.match(String(gateway.opened.at(-1)?.hello.cursor), /^c\d+$/);
    await page.close();
  });

  describe('its service worker', () => {
    let page: Page;
    let push: PushDelivery;
    const text = (id: string, tag: string) =>
      JSON.stringify({ pealbell: { id, tag, click: { url: '/' } }, notification: { title: id, body: 'Half time' } });
    const shown = () =>
      page.evaluate<
        readonly string[]
      >(`navigator.serviceWorker.ready.then((registration) => registration.getNotifications())
        .then((all) => all.map(({ title }) => title).sort())`);
    /** What the worker knows was shown, by whomever. */
    const remembered = () =>
      page.evaluate<string>(`new Promise((resolve, reject) => {
        const opening = indexedDB.open('pealbell-worker', 1);
        opening.onerror = () => reject(opening.error);
        opening.onupgradeneeded = () => opening.result.createObjectStore('values');
        opening.onsuccess = () => {
          const request = opening.result.transaction('values').objectStore('values').get('shown');
          request.onsuccess = () => { opening.result.close(); resolve(String(request.result)); };
        };
      })`);
    const reported = () => reports.flatMap(({ events }) => events.map(({ message, event }) => `${message} ${event}`));

    before(async () => {
      ({ page } = tab);
      push = await openPushDelivery(tab, origin);
      await page.goto(origin);
      await page.evaluate(`navigator.serviceWorker.register('/sdk/service-worker.js', { type: 'module', scope: '/' })
        .then(() => navigator.serviceWorker.ready)
        .then(({ active }) => active.postMessage({ pealbell: 'access', access: { url: '${origin}', token: 't1' } }))`);
      // From the next load on it is this page's.
      await page.reload();
    });

    it('shows what is pushed and reports it, with the access token that the page has handed over', async () => {
      await push.deliver(text('msg_1', 'a'));
      // First: who asks Chromium for the notifications while it is showing one can make it forget that one.
      await eventually(() => reported().includes('msg_1 displayed'));
      await eventually(async () => (await shown()).join() === 'msg_1');
      assert.equal(reports.at(-1)?.token, 'Bearer t1');
    });

    it('does not show what realtime has brought, and takes off what realtime clears', async () => {
      await page.evaluate(START.replace('URL', gateway.url).replace('indexedDbStorage()', 'undefined'));
      gateway.send('browser1', 'msg_2', { tag: 'b' });
      await eventually(async () => (await seen(page)).length > 0);
      await eventually(() => gateway.waiting('browser1').length === 0);
      // The page's word and the push reach the worker on different ways; the vendor's copy comes seconds later in life.
      await eventually(async () => (await remembered()).includes('msg_2'));
      await push.deliver(text('msg_2', 'b'));
      await push.deliver(text('msg_3', 'c'));
      await eventually(() => reported().includes('msg_3 displayed'));
      await eventually(async () => (await shown()).join() === 'msg_1,msg_3');
      gateway.tell('browser1', { t: 'clear', ids: ['msg_1'], tags: ['a'], reason: 'read_elsewhere' });
      await eventually(async () => (await shown()).join() === 'msg_3');
      assert.ok(!reported().includes('msg_2 displayed'));
    });

    it('did nothing that a page must not do', () => {
      assert.deepEqual(tab.complaints, []);
    });
  });
});
