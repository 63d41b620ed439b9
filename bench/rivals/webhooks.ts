/** Our dispatcher over the embedded store, as the role worker runs it, and what it tells of. */
import { randomBytes } from 'node:crypto';
import { makeDataKey, parseDataKey } from '../../src/domain/data-key.js';
import { eventTypesOf } from '../../src/domain/event.js';
import { newId } from '../../src/domain/ids.js';
import { WEBHOOK_DEFAULTS } from '../../src/domain/webhook.js';
import { makeWebhookSecret } from '../../src/domain/webhook-secret.js';
import { createEgress } from '../../src/egress/egress.js';
import { createPoster } from '../../src/egress/post.js';
import { systemClock } from '../../src/runtime/clock.js';
import { periodic } from '../../src/runtime/periodic.js';
import { AtRest } from '../../src/store/at-rest.js';
import { openPostgresStore } from '../../src/store/postgres/store.js';
import { createCallBodies } from '../../src/webhooks/call-bodies.js';
import { createDispatcher } from '../../src/webhooks/dispatcher.js';
import { openEmbeddedDatabase } from '../harness/embedded-database.js';
import { serveRival } from '../harness/rival.js';
import type { WebhookOrder, WebhookSetup } from '../harness/webhook-order.js';

const APP = 'shop';
const TICK_MS = 250;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

serveRival<WebhookSetup, WebhookOrder, object>(async ({ dir, timeoutMs }) => {
  const sql = await openEmbeddedDatabase(dir);
  const { webhooks, events } = await openPostgresStore(sql, new AtRest(parseDataKey(makeDataKey(randomBytes))));
  const clock = systemClock;
  const dispatcher = createDispatcher({
    store: webhooks,
    events,
    bodies: createCallBodies({ store: webhooks, log: events }),
    poster: createPoster({ egress: createEgress({ allow: ['127.0.0.0/8', '::1'] }), timeoutMs }),
    clock,
    random: Math.random,
    newCallId: (now) => newId('whc', now, randomBytes),
    agent: 'pealbell/bench',
    log: quiet,
    observe: () => undefined,
    holder: 'bench',
  });
  void periodic('webhooks', TICK_MS, quiet, () => dispatcher.tick()).run(new AbortController().signal);

  async function endpoints(urls: readonly string[]): Promise<void> {
    const { items } = await webhooks.list(APP, { limit: 100 });
    for (const { id } of items) await webhooks.remove(APP, id);
    for (const url of urls) {
      const patterns = ['device.*'];
      const settings = {
        ...WEBHOOK_DEFAULTS,
        url,
        events: patterns,
        types: eventTypesOf(patterns).types,
        maxWaitMs: 0,
      };
      const now = clock.now();
      const secret = { value: makeWebhookSecret(randomBytes), createdAt: now };
      await webhooks.create({ id: newId('whe', now, randomBytes), app: APP, settings }, secret, now);
    }
  }

  return {
    ready: {},
    async answer(order) {
      if (order.kind === 'endpoints') await endpoints(order.urls);
      else {
        const { times, everyMs, count } = order;
        const startedAt = performance.now();
        for (let n = 0; n < times; n++) {
          const wait = startedAt + n * everyMs - performance.now();
          if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
          const batch = Array.from({ length: count }, (_, k) => ({
            ...{ app: APP, type: 'device.updated' as const },
            data: { device: `d${n}.${k}` },
          }));
          await events.append(batch, clock.now());
        }
      }
      return {};
    },
  };
});
