/** Where test keys send: simulators in this process, or those of a running `pealbell simulate`. */
import { isDeepStrictEqual } from 'node:util';
import type { SimulatorsLocation } from '../../config/setting-types.js';
import type { EgressGuard } from '../../providers/contract.js';
import { createEgress } from '../egress/egress.js';
import type { Worker } from '../ports/lifecycle.js';
import type { Log } from '../ports/log.js';
import { periodic } from '../runtime/periodic.js';
import type { Stack } from './stack.js';

/** What simulators tell of themselves, by the name of the provider kind. */
export type Endpoints = Readonly<Record<string, unknown>>;

/** Within one process they share memory with the real work; a simulator of its own keeps more. */
const LEDGER = { bytesMax: 64 * 1_048_576, distinctMax: 200_000 };
const ASK_TIMEOUT_MS = 2_000;
const LOOK_EVERY_MS = 5_000;

/** What the setting leads to; nothing while simulators of another process cannot be reached, which is told. */
export async function findSimulators(
  setting: SimulatorsLocation,
  now: () => number,
  log: Log,
  stack: Stack,
): Promise<Endpoints | undefined> {
  if (setting.kind === 'off') return undefined;
  if (setting.kind === 'embedded') return startEmbedded(now, log, stack);
  try {
    return await askSimulators(setting.url);
  } catch (error) {
    log.warn({ url: setting.url, error: error instanceof Error ? error.message : String(error) }, 'simulators.lost');
    return undefined; // A gateway with real work to do starts without them; whoever watches finds them later.
  }
}

/** Starts them in this process; `stack` ends them. Loaded only here, so that nobody else carries them along. */
async function startEmbedded(now: () => number, log: Log, stack: Stack): Promise<Endpoints> {
  const { startSimulators } = await import('../simulators.js');
  const simulators = await startSimulators({ controlPort: 0, now, ledger: LEDGER });
  stack.push(() => simulators.close());
  log.info({ control: simulators.controlUrl }, 'simulators.started');
  return simulators.endpoints.providers;
}

/**
 * Asks the control port of a running `pealbell simulate`.
 *
 * @throws Error with a sentence when it does not answer as one, or names an address that is not on this machine
 */
export async function askSimulators(url: string): Promise<Endpoints> {
  let body: unknown;
  try {
    const answer = await fetch(`${url}/endpoints`, { redirect: 'error', signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    body = await answer.json();
  } catch (error) {
    const { message, cause } = error as Error; // fetch hides the reason in the cause
    const why = cause instanceof Error ? cause.message : message;
    throw new Error(`no simulators at ${url} (${why}); start them with: pealbell simulate`, { cause: error });
  }
  const providers = (body as { readonly providers?: unknown } | null)?.providers;
  if (typeof providers !== 'object' || providers === null) throw new Error(`what answers at ${url} is no simulator`);
  const abroad = originsIn(providers).find((origin) => !isLoopback(new URL(origin).hostname));
  if (abroad !== undefined) throw new Error(`the simulators at ${url} name ${abroad}, which is not on this machine`);
  return providers as Endpoints;
}

/**
 * Looks again and again, so that the order of starting does not matter and a simulator that was started anew, with
 * other keys and ports, is found.
 *
 * @param follow is given what has changed
 */
export function watchSimulators(
  url: string,
  log: Log,
  known: Endpoints | undefined,
  follow: (endpoints: Endpoints) => Promise<void>,
  everyMs = LOOK_EVERY_MS,
): Worker {
  let current = known;
  let isLost = known === undefined;
  return periodic('simulators', everyMs, log, async () => {
    let found: Endpoints;
    try {
      found = await askSimulators(url);
    } catch (error) {
      if (!isLost) log.warn({ url, error: error instanceof Error ? error.message : String(error) }, 'simulators.lost');
      isLost = true;
      return;
    }
    if (isLost || !isDeepStrictEqual(found, current)) {
      await follow(found);
      log.info({ url }, 'simulators.found');
    }
    current = found;
    isLost = false;
  });
}

/** The way out of a twin: to the simulators' own addresses, wherever a push token says that it belongs. */
export function simulatorsOnly(endpoints: Endpoints): EgressGuard {
  const origins = new Set(originsIn(endpoints));
  const { lookup } = createEgress({ allow: ['127.0.0.0/8', '::1/128'] });
  return {
    checkUrl(url) {
      if (!origins.has(url.origin)) throw new Error('test keys reach simulators only');
    },
    lookup,
  };
}

/** Origins of every web address in there. */
export function originsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return /^https?:\/\//i.test(value) && URL.canParse(value) ? [new URL(value).origin] : [];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(originsIn) : [];
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
