import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { openTab, type Tab } from '../../support/browser-tab.js';
import { testBrowser } from '../../support/chromium.js';
import { type DemoPage, openDemoPage } from '../../support/demo-page.js';
import { readPayloads } from '../../support/ledger-payloads.js';

const ACK_TIMEOUT_S = 2;

describe('the page of the demonstration', function () {
  this.timeout(60_000);
  let demo: DemoPage;
  let tab: Tab;
  let page: Page;

  before(async function () {
    const browser = await testBrowser(this);
    demo = await openDemoPage();
    tab = await openTab(browser, demo.origins);
    page = tab.page;
    await page.goto(demo.address);
    await page.getByLabel('Ack timeout, seconds').fill(String(ACK_TIMEOUT_S));
  });
  after(async () => {
    await tab?.close();
    await demo?.close();
  });

  async function setTitle(title: string): Promise<void> {
    await page.getByLabel('Title').fill(title);
  }
  /** Sends by a button of the page. @returns the message's id */
  async function send(button: string, title: string): Promise<string> {
    await setTitle(title);
    const answer = page.waitForResponse((response) => response.url().endsWith('/demo/messages'));
    await page.getByRole('button', { name: button }).click();
    return ((await (await answer).json()) as { id: string }).id;
  }
  const card = (pane: 'phone' | 'browser', title: string) =>
    page.locator(`#${pane} .cards li`).filter({ hasText: title });
  const state = (pane: 'phone' | 'browser', text: string) =>
    page.locator(`#${pane} .state`, { hasText: text }).waitFor();
  const road = (pane: 'phone' | 'browser', name: string) =>
    page.locator(`#${pane} .roads dt`, { hasText: name }).locator('xpath=following-sibling::dd[1]').textContent();
  const vendorCalls = (message: string) =>
    readPayloads(demo.world.simulators.ledger, 'apns', message).length +
    readPayloads(demo.world.simulators.ledger, 'webpush', message).length;
  const step = (text: string) => page.locator('#steps li', { hasText: text }).first().waitFor();

  it('connects both devices', async () => {
    await state('phone', 'online over websocket');
    await state('browser', 'online over websocket');
  });

  it('shows what is sent to devices that are online, and no vendor is called', async () => {
    const message = await send('Both online', 'At once');
    for (const pane of ['phone', 'browser'] as const) {
      await card(pane, 'At once').locator('.badge', { hasText: 'realtime' }).waitFor();
    }
    await step('completed');
    assert.equal(vendorCalls(message), 0);
    assert.match((await road('phone', 'own connection')) ?? '', /^there in /);
    assert.equal(await road('phone', 'Apple'), 'not called');
  });

  it('takes what is opened on one device off the other', async () => {
    await page.locator('#phone').getByRole('button', { name: 'Open At once' }).click();
    await page.locator('#browser .cards .nothing').waitFor();
    assert.equal(await card('phone', 'At once').count(), 0);
    await step('opened');
  });

  it('has the vendor called at once for a device that is offline', async () => {
    const message = await send('Phone offline', 'To the pocket');
    await card('phone', 'To the pocket').locator('.badge', { hasText: 'Apple' }).waitFor();
    await card('browser', 'To the pocket').locator('.badge', { hasText: 'realtime' }).waitFor();
    await step('completed');
    assert.equal(vendorCalls(message), 1);
    assert.match((await road('phone', 'Apple')) ?? '', /^called after /);
  });

  it('has the vendor called after the ack timeout for a device that is silently gone, and shows the message once', async () => {
    const sentAt = Date.now();
    const message = await send('Phone in a tunnel', 'Where are you');
    await state('phone', 'in a tunnel');
    await card('phone', 'Where are you').locator('.badge', { hasText: 'Apple' }).waitFor();
    assert.ok(Date.now() - sentAt >= ACK_TIMEOUT_S * 1_000);
    await step('no word');

    // Out of the tunnel the copy in its mailbox arrives, too, to be applied and not to be shown.
    await page.locator('#phone').getByText('Online').click();
    await state('phone', 'online over websocket');
    await card('phone', 'Where are you').locator('.also', { hasText: 'not shown again' }).waitFor();
    assert.equal(await card('phone', 'Where are you').count(), 1);
    assert.equal(vendorCalls(message), 1);
  });

  it('shows what others send to the person, too', async () => {
    await page.locator('#phone').getByText('Offline').click();
    await state('phone', 'not connected');
    const { id } = await demo.pealbell.messages.send({
      to: { users: ['alice'] },
      notification: { title: 'From elsewhere' },
    });
    await card('phone', 'From elsewhere')
      .locator('.badge', { hasText: /^Apple, .*s$/ })
      .waitFor();
    await card('browser', 'From elsewhere')
      .locator('.badge', { hasText: /^realtime, .*s$/ })
      .waitFor();
    await page.locator('#story-of', { hasText: id }).waitFor();
  });

  it('says what the gateway refuses, as a sentence', async () => {
    await page.getByLabel('Title').fill(' ');
    await page.getByRole('button', { name: 'Send to alice' }).click();
    await page.locator('#said', { hasText: 'a title has 1 to 500 characters' }).waitFor();
    // The browser tells of every answer that is no success; this one was asked for.
    assert.match(String((tab.complaints as string[]).pop()), /422/);
  });

  it('can be used with the keyboard alone', async () => {
    await page.getByLabel('Title').fill('By keyboard');
    await page.getByLabel('Title').press('Enter');
    await card('browser', 'By keyboard').waitFor();
    await page.locator('#browser input[value=online]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await state('browser', 'not connected');
  });

  it('names everything that can be used', async () => {
    const nameless = await page.evaluate<string[]>(`[...document.querySelectorAll('button, input, select, a')]
      .filter((one) => !(one.labels?.length || one.textContent.trim() || one.ariaLabel))
      .map((one) => one.outerHTML)`);
    assert.deepEqual(nameless, []);
    assert.equal(await page.evaluate('document.documentElement.lang'), 'en');
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
  });

  it('fits a narrow window', async () => {
    for (const width of [1280, 900, 700, 360]) {
      await page.setViewportSize({ width, height: 800 });
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(overflow, 0, `at ${width} px`);
    }
  });

  it('complains of nothing: no error, no breach of its policy, no request to anybody else', async () => {
    assert.deepEqual(tab.complaints, []);
    const policy = (await page.request.get(page.url())).headers()['content-security-policy'] ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*/);
  });
});
