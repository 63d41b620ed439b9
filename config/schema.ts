/**
 * Every setting of `gateway.yaml` once: key, type, default and one sentence. The types of `Config`, the
 * JSON Schema, the example file and the errors all come from here.
 */
import { z } from 'zod';
import { redisTls } from './redis-tls.js';
import {
  baseUrl,
  busUrl,
  dataKeyText,
  duration,
  listenAddress,
  networks,
  queueUrl,
  rate,
  simulatorsLocation,
  size,
} from './setting-types.js';
import { storeUrl } from './store-url.js';

/** pino's levels, from the most to the least talkative. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const DAY_MS = 86_400_000;
/** Idempotency keys are kept for 48 h, on the message they made. */
const CLAIM_MS = 2 * DAY_MS;
const RETENTION = { min: 60_000, max: 3_650 * DAY_MS };

const server = z
  .strictObject({
    listen: listenAddress('127.0.0.1:8080', 'Address of the API; in a container 0.0.0.0:8080.'),
    admin: listenAddress('127.0.0.1:9090', 'Address of the metrics, never public; /livez and /readyz answer on both.'),
    public_url: baseUrl(
      'http://127.0.0.1:8080',
      'How the outside reaches the API: the server named in /openapi.json, and where vendors are told to call with receipts. Some of them take 128 characters in all, so keep it below 70.',
    ),
    trusted_proxies: networks('Proxies; only behind these is the address of a caller read from X-Forwarded-For.'),
  })
  .prefault({})
  .describe('Where the process listens.');

const store = z
  .strictObject({
    url: storeUrl(
      'pglite:./data',
      'pglite:PATH keeps all in this process and survives kill -9, not a power cut; postgres://… is a server, 15 or newer; mongodb://…/database is MongoDB, with queue.url on Redis.',
    ),
  })
  .prefault({})
  .describe('What holds messages, devices and keys. A relative PATH starts at the folder of this file.');

const queue = z
  .strictObject({
    url: queueUrl(
      'store',
      'store keeps the queue in the same database as the store; redis://host (rediss:// over TLS) beside Postgres is quicker, and beside MongoDB needed. Several: redis+sentinel://host:26379,host:26379/name, redis+cluster://host:6379,host:6379. Nothing is lost with it.',
    ),
  })
  .prefault({})
  .describe('What holds the work that waits.');

const bus = z
  .strictObject({
    url: busUrl(
      'memory:',
      'One process with every role has it in memory:; redis://host lets api, worker and connector be processes of their own; the forms are those of queue.url.',
    ),
  })
  .prefault({})
  .describe('How messages find the connections of devices.');

/** Of every `rediss://` here. */
const redis = redisTls();

const limits = z
  .strictObject({
    body: size('1MB', 'Largest request body; KB and MB are powers of 1024.', { min: 1024, max: 64 * 1024 ** 2 }),
    broadcast_devices: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .prefault(100_000)
      .describe('Most devices one message reaches, inclusive, unless the call itself says max_devices.'),
    per_key: rate(
      '2000/s',
      'Calls of one server key, a batch counting its messages; of all processes together where there is a Redis, else of each. off: no limit.',
    ),
  })
  .prefault({})
  .describe('What callers may ask for.');

const retention = z
  .strictObject({
    content: duration('7d', 'How long the content of a message is kept after it ended.', RETENTION),
    messages: duration(
      '30d',
      'How long a message and its counts can be asked for; its idempotency key lives with it.',
      {
        ...RETENTION,
        min: CLAIM_MS,
      },
    ),
    deliveries: duration('30d', 'How long the result of each single device can be asked for.', RETENTION),
    events: duration(
      '30d',
      'How long what happened can still be told by a webhook, and calls of webhooks can be looked at and replayed.',
      RETENTION,
    ),
    tombstones: duration('30d', 'How long a retired registration can be restored.', RETENTION),
    stats: duration('400d', 'How long the hourly counts of GET /v1/stats are kept; they name nobody.', RETENTION),
  })
  .prefault({})
  .describe('After which time data is removed.');

const security = z
  .strictObject({
    data_key: dataKeyText(
      'Key file for push tokens and content at rest, made by `pealbell config data-key`; an embedded store makes its own.',
      '${file:/run/secrets/data.key}',
    ),
  })
  .prefault({})
  .describe('What protects stored data.');

const egress = z
  .strictObject({
    allow: networks(
      'Private networks that webhooks and Web Push endpoints may reach all the same; a simulator here is 127.0.0.0/8.',
    ),
  })
  .prefault({})
  .describe('Where connections to addresses that others chose may go; else to the public internet only.');

const retry = z
  .strictObject({
    base: duration('1s', 'First wait after a failed attempt, doubled each time, where the vendor names none.', {
      min: 1,
      max: DAY_MS,
    }),
    cap: duration('15m', 'Longest wait between two attempts, where the vendor names none.', { min: 1, max: DAY_MS }),
    attempts: z.int().min(1).max(1000).prefault(10).describe('Attempts at one device before its delivery fails.'),
  })
  .prefault({})
  .describe('How a delivery is tried again.');

const brake = z
  .strictObject({
    window: duration('10m', 'Span over which retired registrations of an app are counted.', { min: 1000, max: DAY_MS }),
    share: z
      .number()
      .gt(0)
      .max(1)
      .prefault(0.02)
      .describe("Share of an app's registrations that may go in the window."),
    floor: z.int().min(0).max(1_000_000_000).prefault(100).describe('Retiring never stops below this many.'),
  })
  .prefault({})
  .describe('Stops retiring registrations when too many would go at once.');

const CONNECTIONS_MAX = 1_000_000;
const realtime = z
  .strictObject({
    connections: z
      .int()
      .min(1)
      .max(CONNECTIONS_MAX)
      .prefault(10_000)
      .describe('Most devices connected to one process; each is an open file (ulimit -n) and some 10 kB.'),
    connections_per_address: z
      .int()
      .min(0)
      .max(CONNECTIONS_MAX)
      .prefault(0)
      .describe('Most connections from one IP address (IPv6: from one /64); 0: any number.'),
    connections_per_user: z
      .int()
      .min(0)
      .max(CONNECTIONS_MAX)
      .prefault(50)
      .describe('Most devices of one user that are connected at a time; 0: any number.'),
    accept_rate: rate('1000/s', 'New connections of a process; more are told when to come back. off: no limit.'),
  })
  .prefault({})
  .describe('What connections of devices may take; an app has them with realtime in its file.');

const webhooks = z
  .strictObject({
    timeout: duration('15s', 'How long one call may take, from the connection to the end of the answer.', {
      min: 1_000,
      max: 60_000,
    }),
  })
  .prefault({})
  .describe('How calls of webhooks are made (docs/webhooks.md); an app has them in its file or through the API.');

const log = z
  .strictObject({
    level: z
      .enum(LOG_LEVELS)
      .prefault('info')
      .describe(`One of ${LOG_LEVELS.join(', ')}.`),
  })
  .prefault({})
  .describe('One JSON line per thing that happened.');

const simulators = simulatorsLocation(
  'off',
  'Where test keys send: off refuses them; embedded runs simulators of the vendors in this process; the URL of a running `pealbell simulate`, such as http://127.0.0.1:7700.',
);

/** The whole of `gateway.yaml`. Durations come out as milliseconds, sizes as bytes. */
export const gatewaySchema = z.strictObject({
  server,
  store,
  queue,
  bus,
  redis,
  limits,
  retention,
  security,
  egress,
  simulators,
  retry,
  brake,
  realtime,
  webhooks,
  log,
});

/** What the program gets: durations in milliseconds, sizes in bytes, URLs taken apart. */
export type GatewaySettings = z.output<typeof gatewaySchema>;

/** Parts of the files of the apps that the design has and this version has not; told apart from a slip of the pen. */
export const APP_NOT_YET: readonly string[] = ['simulators', 'egress'];

/** One leaf of the schema as overrides and the example see it. */
export interface Setting {
  /** Such as `server.listen`. */
  readonly key: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array';
  readonly secret: boolean;
}

/** The part of JSON Schema that our own settings use. */
export interface SettingSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly secret?: boolean;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  readonly required?: readonly string[];
}

/** JSON Schema of what a person may write in `gateway.yaml`. */
export function gatewayJsonSchema(): SettingSchema {
  return z.toJSONSchema(gatewaySchema, { io: 'input' }) as SettingSchema; // zod's type is JSON Schema in full
}

/** Every setting of `gateway.yaml`, in the order of the schema. */
export function gatewaySettings(schema: SettingSchema = gatewayJsonSchema(), prefix = ''): readonly Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, part]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    if (part.properties !== undefined) return gatewaySettings(part, key);
    const type = (part.type ?? 'string') as Setting['type']; // the schema above uses these types only
    return [{ key, type, secret: part.secret === true }];
  });
}
