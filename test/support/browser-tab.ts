import type { Browser, BrowserContextOptions, CDPSession, Page } from 'playwright-core';

const STEP_TIMEOUT_MS = 30_000;

/** One tab with a profile of its own. */
export interface Tab {
  readonly page: Page;
  readonly devTools: CDPSession;
  /**
   * What a page must not do, one sentence each: errors on the console (a breach of its content security policy is one),
   * exceptions that nobody caught, requests that failed or went to another origin.
   */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens a tab for pages of these origins, which may show notifications.
 *
 * @param origins of the page, and of whatever else it may talk to
 */
export async function openTab(
  browser: Browser,
  origins: readonly string[],
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const context = await browser.newContext(options);
  for (const origin of origins) await context.grantPermissions(['notifications'], { origin });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  // The context's: those of service workers are among them.
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && !origins.includes(origin)) {
      complaints.push(`outside: ${request.url()}`);
    }
  });
  page.on('websocket', (socket) => {
    const origin = new URL(socket.url()).origin.replace(/^ws/, 'http');
    if (!origins.includes(origin)) complaints.push(`outside: ${socket.url()}`);
  });
  return { page, devTools: await context.newCDPSession(page), complaints, close: () => context.close() };
}

/** What the browser's push service client does when a message arrived and was decrypted: wakes the service worker. */
export interface PushDelivery {
  /** @param text the decrypted message */
  deliver(text: string): Promise<void>;
}

/** @param origin whose service worker gets it, once it is registered */
export async function openPushDelivery({ devTools }: Tab, origin: string): Promise<PushDelivery> {
  // A message for a registration whose worker is still being installed would be dropped without a word.
  const active = new Promise<string>((resolve) => {
    const ours = new Set<string>();
    devTools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      for (const { registrationId, scopeURL, isDeleted } of registrations) {
        if (!isDeleted && new URL(scopeURL).origin === origin) ours.add(registrationId);
      }
    });
    devTools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      for (const { registrationId, status } of versions) {
        if (status === 'activated' && ours.has(registrationId)) resolve(registrationId);
      }
    });
  });
  await devTools.send('ServiceWorker.enable');
  return {
    async deliver(text) {
      const registrationId = await active;
      await devTools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data: text });
    },
  };
}
