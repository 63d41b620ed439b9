/**
 * Pictures of the demonstration page for README and docs, light and dark: `npm run screenshots`. Always of the same size
 * and the same scene; only the milliseconds in it are those of the machine. No test: mocha looks for `*.test.js`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openTab } from './browser-tab.js';
import { testBrowser } from './chromium.js';
import { openDemoPage } from './demo-page.js';

const DIRECTORY = 'docs/images';
const SIZE = { width: 1280, height: 880 };

describe('pictures of the demonstration page', function () {
  this.timeout(120_000);

  for (const colorScheme of ['light', 'dark'] as const) {
    const path = join(DIRECTORY, `demo-${colorScheme}.png`);
    it(path, async function () {
      const browser = await testBrowser(this);
      const demo = await openDemoPage();
      try {
        const { page, close } = await openTab(browser, demo.origins, {
          colorScheme,
          reducedMotion: 'reduce',
          viewport: SIZE,
        });
        await page.goto(demo.address);
        for (const pane of ['phone', 'browser']) await page.locator(`#${pane} .state.online`).waitFor();
        // The first messages of a process are slow ones; what is opened leaves the screens.
        for (const title of ['One', 'Two', 'Three']) {
          await play(page, 'Both online', title, 'realtime');
          await page
            .locator('#phone')
            .getByRole('button', { name: `Open ${title}` })
            .click();
          await page.locator('#browser .cards .nothing').waitFor();
        }
        await play(page, 'Both online', 'Your courier is here', 'realtime');
        await play(page, 'Phone in a tunnel', 'Order 8812', 'Apple');
        await mkdir(DIRECTORY, { recursive: true });
        await page.screenshot({ path });
        await close();
      } finally {
        await demo.close();
      }
    });
  }
});

async function play(page: Page, scene: string, title: string, road: string): Promise<void> {
  await page.getByLabel('Title').fill(title);
  await page.getByRole('button', { name: scene }).click();
  const card = page.locator('#phone .cards li').filter({ hasText: title });
  await card.locator('.badge', { hasText: road }).waitFor();
  await page.locator('#steps li', { hasText: 'completed' }).waitFor();
}
