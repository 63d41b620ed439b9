import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';

/** Debian's package `chromium`. */
const DEBIAN = '/usr/bin/chromium';
const START_TIMEOUT_MS = 30_000;
/** Nothing but this machine has a name: neither a page nor the browser itself finds anybody outside. */
const NOBODY_OUTSIDE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1';

let browser: Promise<Browser> | undefined;

/**
 * In a hook or a test: the headless browser of this run, `CHROMIUM_PATH` or Debian's, started when it is first asked for
 * and closed at the end of the run; or a pending test with its reason.
 *
 * @throws when there is none although `REQUIRE_BACKENDS` (a comma-separated list) names `chromium`
 */
export async function testBrowser(context: Mocha.Context): Promise<Browser> {
  const path = pathOfBrowser();
  if (existsSync(path)) {
    browser ??= start();
    return browser;
  }
  const why = `no browser at ${path}; CHROMIUM_PATH names another`;
  if ((process.env.REQUIRE_BACKENDS ?? '').split(',').includes('chromium')) {
    throw new Error(`REQUIRE_BACKENDS names chromium: ${why}`);
  }
  // In a hook it is the tests of its suite that stay pending.
  const { test } = context;
  const isHook = test !== undefined && 'type' in test && test.type === 'hook';
  for (const one of isHook ? (test.parent?.tests ?? []) : [test]) {
    if (one) one.title = `${one.title} (${why})`;
  }
  return context.skip();
}

function pathOfBrowser(): string {
  return process.env.CHROMIUM_PATH ?? DEBIAN;
}

async function start(): Promise<Browser> {
  // 0.2 s that only runs pay which have a browser.
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: pathOfBrowser(),
    args: [NOBODY_OUTSIDE],
    // Chromium's sandbox refuses to work for root.
    chromiumSandbox: process.getuid?.() !== 0,
    timeout: START_TIMEOUT_MS,
  });
}

after(async () => {
  const started = browser;
  browser = undefined;
  await (await started)?.close();
});
