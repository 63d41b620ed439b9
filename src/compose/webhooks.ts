import { randomBytes } from 'node:crypto';
import type { Config } from '../../config/load.js';
import { urlRulesOf } from '../../config/webhooks.js';
import { newId } from '../domain/ids.js';
import type { Clock } from '../domain/time.js';
import type { Egress } from '../egress/egress.js';
import { createPoster } from '../egress/post.js';
import type { Worker } from '../ports/lifecycle.js';
import type { Log } from '../ports/log.js';
import type { Metrics } from '../runtime/metrics.js';
import { periodic } from '../runtime/periodic.js';
import { type CallBodies, createCallBodies } from '../webhooks/call-bodies.js';
import { createDispatcher } from '../webhooks/dispatcher.js';
import { notOurselves } from '../webhooks/not-ourselves.js';
import type { Base } from './base.js';

/** How often it is looked for endpoints that have something to do. */
const TICK_MS = 250;
/** Calls under way when the process stops may end in this time; less than what workers have in all. */
const DRAIN_MS = 10_000;

export interface Webhooks {
  /** For the role `worker`. */
  readonly worker: Worker;
  /** There may be something to do: looks now, where this process has the worker. */
  wake(): void;
  readonly bodyOf: CallBodies;
  close(): void;
}

/** What calls the endpoints of all apps. */
export function createWebhooks(parts: {
  readonly config: Config;
  readonly base: Base;
  readonly egress: Egress;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly holder: string;
  readonly version: string;
}): Webhooks {
  const { config, base, egress, metrics, clock, log, holder, version } = parts;
  const { webhooks, events } = base.store;
  const bodyOf = createCallBodies({ store: webhooks, log: events });
  const poster = notOurselves(createPoster({ egress, timeoutMs: config.webhooks.timeout }), urlRulesOf(config));
  const dispatcher = createDispatcher({
    ...{ store: webhooks, events, bodies: bodyOf, poster, clock, random: Math.random, log, holder },
    newCallId: (now) => newId('whc', now, (size) => randomBytes(size)),
    agent: `pealbell/${version}`,
    observe: (outcome) => metrics.webhookAttempts.inc({ outcome }),
  });
  const waker = { call: () => {} };
  const looking = periodic('webhooks', TICK_MS, log, () => dispatcher.tick(), waker);
  return {
    worker: {
      name: looking.name,
      async run(signal) {
        await looking.run(signal);
        await dispatcher.drain(DRAIN_MS);
      },
    },
    wake: () => waker.call(),
    bodyOf,
    close: () => poster.close(),
  };
}
