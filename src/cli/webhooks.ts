import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseDuration } from '../../config/quantity.js';
import type { NewWebhookEndpoint, WebhookDeliveryDetail, WebhookReplayChoice } from '../../sdk/server/src/index.js';
import { CLIENT_HELP, CLIENT_OPTIONS, type Desk, Misuse, withClient } from './client-command.js';
import { type CommandIo, EXIT } from './io.js';
import { streamOut } from './stream-out.js';
import { showCounted } from './terminal/figures.js';
import { jsonText } from './terminal/json.js';
import { plain } from './terminal/table.js';
import { deliveriesText, deliveryText, endpointsText } from './webhook-text.js';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1_000;
const ENDPOINTS_SHOWN_MAX = 100;
/** How long the answer to a test is waited for, and how often it is looked for. */
const TEST_MS = 30_000;
const LOOK_EVERY_MS = 200;

const HELP = `Usage: pealbell webhooks list
       pealbell webhooks create URL [--events EVENT,...] [--level summary] [--order strict] [--description TEXT]
       pealbell webhooks test ENDPOINT_ID
       pealbell webhooks deliveries ENDPOINT_ID [DELIVERY_ID] [--state STATE] [--limit N]
       pealbell webhooks replay ENDPOINT_ID (--since TIME [--until TIME] [--state STATE] | DELIVERY_ID...)

Servers that are told what happens (docs/webhooks.md).

list        the app's endpoints, and how they fare
create      makes one; its secret stands alone on standard output, and is shown this once
test        sends an event now, and tells what the receiver answered
deliveries  calls to an endpoint, newest first; with a DELIVERY_ID everything that was said
replay      makes calls anew: named ones, or those of a time, by default what was given up

  --events LIST     names, kinds such as delivery.*, or * (default message.completed, delivery.failed,
                    device.token_invalid, credential.*)
  --level L         events, or summary: of deliveries how many of each kind
  --order O         loose, or strict: one call at a time, in order
  --description T   for people
  --state STATE     waiting, delivered, parked or skipped; of a replay parked (default), skipped, delivered or any
  --limit N         how many deliveries are shown (default ${LIMIT_DEFAULT}, at most ${LIMIT_MAX})
  --since, --until  a time such as 2026-11-21T09:00:00Z, or how long ago: 90m, 24h, 2d
${CLIENT_HELP}
Needs a key with the scope webhooks:write.
Exit codes: 0 done; 1 it failed, or the receiver did not take the test; 2 the command line is wrong; 130 stopped by Ctrl-C
`;

const OPTIONS = {
  ...CLIENT_OPTIONS,
  events: { type: 'string' },
  level: { type: 'string' },
  order: { type: 'string' },
  description: { type: 'string' },
  state: { type: 'string' },
  limit: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
} as const;

type Flags = {
  readonly [K in 'events' | 'level' | 'order' | 'description' | 'state' | 'limit' | 'since' | 'until']?:
    | string
    | undefined;
};

/** `pealbell webhooks list|create|test|deliveries|replay`. @returns the exit code. */
export async function webhooks(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  const [verb, id, ...more] = positionals;
  return withClient('webhooks', flags, io, async (desk) => {
    switch (verb) {
      case 'list':
        alone([id, ...more]);
        return list(desk);
      case 'create':
        alone(more);
        return create(
          desk,
          named(id, 'an address', 'pealbell webhooks create https://crm.example.com/pealbell'),
          flags,
        );
      case 'test':
        alone(more);
        return test(desk, named(id, 'an endpoint', 'pealbell webhooks test whe_…'));
      case 'deliveries':
        alone(more.slice(1));
        return deliveries(desk, named(id, 'an endpoint', 'pealbell webhooks deliveries whe_…'), more[0], flags);
      case 'replay':
        return replay(desk, named(id, 'an endpoint', 'pealbell webhooks replay whe_… --since 24h'), more, flags);
      default:
        throw new Misuse(
          `say what to do: list, create, test, deliveries or replay${verb === undefined ? '' : `, not '${verb}'`}`,
        );
    }
  });
}

function alone(rest: readonly (string | undefined)[]): void {
  const [first] = rest.filter((part) => part !== undefined);
  if (first !== undefined) throw new Misuse(`one at a time: '${first}' is too much`);
}

function named(given: string | undefined, what: string, example: string): string {
  if (given === undefined) throw new Misuse(`${what} is missing: ${example}`);
  return given;
}

async function list(desk: Desk): Promise<number> {
  const { client, io, json, paint } = desk;
  const endpoints = client.webhooks.list({ signal: io.signal });
  if (json) return streamOut(desk, endpoints, 'endpoint', undefined);
  io.stdout.write(endpointsText(await endpoints.take(ENDPOINTS_SHOWN_MAX), paint));
  return EXIT.done;
}

/** The secret alone on standard output, so that it can be put into a variable. */
async function create({ client, io, json }: Desk, url: string, flags: Flags): Promise<number> {
  const { events, level, order, description } = flags;
  const endpoint = {
    url,
    ...(events === undefined ? {} : { events: events.split(',').map((event) => event.trim()) }),
    ...(description === undefined ? {} : { description }),
    // What is no level and no order the gateway refuses, with the list of those there are.
    ...(level === undefined ? {} : { level: level as NonNullable<NewWebhookEndpoint['level']> }),
    ...(order === undefined ? {} : { order: order as NonNullable<NewWebhookEndpoint['order']> }),
  };
  const made = await client.webhooks.create(endpoint, { signal: io.signal });
  if (json) io.stdout.write(jsonText(made, io.stdout));
  else {
    io.stdout.write(`${made.secret}\n`);
    io.stderr.write(
      `${made.id}: keep the secret above, it is not shown again. Try it: pealbell webhooks test ${made.id}\n`,
    );
  }
  return EXIT.done;
}

async function test({ client, io, json, paint }: Desk, id: string): Promise<number> {
  const sent = await client.webhooks.test(id, { signal: io.signal });
  const deadline = performance.now() + TEST_MS;
  let seen: WebhookDeliveryDetail;
  for (;;) {
    seen = await client.webhooks.delivery(id, sent.id, { signal: io.signal });
    if (seen.attempt_count > 0 || performance.now() >= deadline) break;
    await setTimeout(LOOK_EVERY_MS, undefined, { signal: io.signal });
  }
  io.stdout.write(json ? jsonText(seen, io.stdout) : deliveryText(seen, paint));
  if (seen.attempt_count === 0) io.stderr.write('Nothing was sent yet: is a process with the role worker running?\n');
  return seen.state === 'delivered' ? EXIT.done : EXIT.failed;
}

async function deliveries(desk: Desk, id: string, delivery: string | undefined, flags: Flags): Promise<number> {
  const { client, io, json, paint } = desk;
  if (delivery !== undefined) {
    const found = await client.webhooks.delivery(id, delivery, { signal: io.signal });
    io.stdout.write(json ? jsonText(found, io.stdout) : deliveryText(found, paint));
    return EXIT.done;
  }
  const limit = readLimit(flags.limit);
  // What is no state the gateway refuses, with the list of those there are.
  const state = flags.state as WebhookDeliveryDetail['state'] | undefined;
  const options = { signal: io.signal, ...(state === undefined ? {} : { state }) };
  const found = await client.webhooks
    .deliveries(id, { ...options, limit: Math.min(limit + 1, LIMIT_MAX) })
    .take(limit + 1);
  const shown = found.slice(0, limit);
  if (json) io.stdout.write(jsonText(shown, io.stdout));
  else io.stdout.write(deliveriesText(shown, found.length > limit, paint));
  return EXIT.done;
}

async function replay({ client, io, json }: Desk, id: string, calls: readonly string[], flags: Flags): Promise<number> {
  const replayed = await client.webhooks.replay(id, choiceOf(calls, flags), { signal: io.signal });
  if (json) {
    io.stdout.write(jsonText(replayed, io.stdout));
    return EXIT.done;
  }
  io.stdout.write(
    `${showCounted(replayed.replayed, 'call')} made anew; see: pealbell webhooks deliveries ${plain(id)}\n`,
  );
  if (replayed.passed_over > 0) io.stdout.write(`${replayed.passed_over} wait still, or are none of this endpoint\n`);
  if (replayed.gone > 0) io.stdout.write(`${replayed.gone} are gone: their events are kept no longer\n`);
  return EXIT.done;
}

function choiceOf(calls: readonly string[], { since, until, state }: Flags): WebhookReplayChoice {
  if (calls.length > 0) {
    if (since === undefined && until === undefined && state === undefined) return { deliveries: [...calls] };
    throw new Misuse('name deliveries, or say --since: not both');
  }
  if (since === undefined) throw new Misuse('say which: --since 24h, or the ids of deliveries');
  return {
    since: readTime('--since', since),
    ...(until === undefined ? {} : { until: readTime('--until', until) }),
    // What is no state the gateway refuses, with the list of those there are.
    ...(state === undefined ? {} : { state: state as NonNullable<WebhookReplayChoice['state']> }),
  };
}

function readTime(flag: string, text: string): string {
  const agoMs = parseDuration(text);
  const at = agoMs === undefined ? Date.parse(text) : Date.now() - agoMs;
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  throw new Misuse(`${flag} takes a time such as 2026-11-21T09:00:00Z, or how long ago such as 24h, not '${text}'`);
}

function readLimit(flag: string | undefined): number {
  const limit = Number(flag ?? LIMIT_DEFAULT);
  if (Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new Misuse(`--limit takes a number from 1 to ${LIMIT_MAX}, not '${flag}'`);
}
