/** Pealbell among those who hold connections: the whole gateway through its API, and its connection road alone. */
import { createHmac, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulators, writeConfig } from '../../../src/simulators.js';
import type { LiveReady } from '../../rivals/gateway-live.js';
import type { Cores } from '../cores.js';
import { apnsToken, deviceId } from '../devices.js';
import { type Rival, startRival } from '../rival.js';
import type { Contest, Contestant } from './contestants.js';
import { bodyOf, createFleet, nowMs } from './fleet.js';
import { type HubAnswer, type HubOrder, paced } from './hub.js';
import { pealbell, type Speech } from './speech.js';
import { pealbellPoll, pealbellSse } from './speech-http.js';

/** Messages that one `POST /v1/messages/batch` takes, and devices that one message may name. */
const BATCH_MAX = 500;
const NAMES_MAX = 1_000;
/** Messages that fall due within so long go in one call. */
const GATHER_MS = 5;

export const pealbellGateway: Contest = {
  who: 'Pealbell',
  open: (clients, cores) => openGateway(clients, cores, pealbell, 'api'),
};

export const pealbellOverSse: Contest = {
  who: 'Pealbell over SSE',
  open: (clients, cores) => openGateway(clients, cores, pealbellSse, 'api'),
};

export const pealbellOverPoll: Contest = {
  who: 'Pealbell over long poll',
  open: (clients, cores) => openGateway(clients, cores, pealbellPoll, 'api'),
};

/** Mailbox, bus and connector over the embedded store, without the message and its delivery. */
export const pealbellRoad: Contest = {
  who: 'Pealbell, the connection road alone',
  open: (clients, cores) => openGateway(clients, cores, pealbell, 'road'),
};

/** @param speak a transport of the realtime protocol; `door`: whether unicasts go through the API */
export async function openGateway(
  clients: number,
  cores: Cores,
  speak: (url: string, token: (n: number) => string) => Speech,
  door: 'api' | 'road',
): Promise<Contestant> {
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const secret = randomBytes(32).toString('hex');
  const simulators = await startSimulators({ controlPort: 0, dir });
  await writeConfig(dir, { apns: simulators.endpoints.providers.apns });
  await appendFile(join(dir, 'gateway.yaml'), '\nrealtime: { connections: 20000, accept_rate: 10000/s }\n');
  await appendFile(join(dir, 'apps', 'demo.yaml'), `\nrealtime: { keys: [{ secret: "${secret}" }], issuer: bench }\n`);
  const rival = await startRival<HubOrder, HubAnswer, LiveReady>('gateway-live', { dir, clients }, cores);
  const call = apiCaller(rival.ready);
  await register(call, clients);
  const fleet = createFleet(
    clients,
    speak(rival.ready.url, (n) => accessToken(secret, n)),
  );
  return {
    process: rival.process,
    fleet,
    vendorCalls: () => simulators.ledger.summary().accepted.total,
    ask: (order) => (door === 'road' || order.kind === 'memory' ? rival.ask(order) : carryOut(order, call, rival)),
    async stop() {
      fleet.close();
      await rival.stop();
      await simulators.close();
      await rm(dir, { recursive: true, force: true });
    },
  };

  async function carryOut(
    order: HubOrder,
    post: ApiCall,
    asked: Rival<HubOrder, HubAnswer, LiveReady>,
  ): Promise<HubAnswer> {
    let sent = 0;
    const calls: Promise<unknown>[] = [];
    switch (order.kind) {
      case 'broadcast':
        await paced(1_000 / order.everyMs, order.times, (n, at) => {
          calls.push(post('/v1/messages', toEveryone(bodyOf(order.from + n, at), clients)));
          sent += clients;
        });
        break;
      case 'unicast': {
        let batch: object[] = [];
        const flush = () => {
          for (let from = 0; from < batch.length; from += BATCH_MAX) {
            calls.push(post('/v1/messages/batch', { messages: batch.slice(from, from + BATCH_MAX) }));
          }
          batch = [];
        };
        const gathering = setInterval(flush, GATHER_MS);
        await paced(order.perSecond, order.perSecond * order.seconds, (n, at) => {
          batch.push(toOne(deviceId(n % clients), bodyOf(order.from + n, at)));
          sent += 1;
        });
        clearInterval(gathering);
        flush();
        break;
      }
      case 'each':
        for (let n = 0; n < order.each; n++) {
          const body = bodyOf(order.from + n, nowMs());
          for (let from = 0; from < clients; from += NAMES_MAX) {
            const names = Array.from({ length: Math.min(NAMES_MAX, clients - from) }, (_, i) => deviceId(from + i));
            calls.push(post('/v1/messages', toDevices(names, body)));
            sent += names.length;
          }
          await Promise.all(calls); // one after the other, so that each client gets them in order
        }
        break;
      case 'memory':
        break;
      default:
        order satisfies never;
    }
    await Promise.all(calls);
    return { sent, rssMb: (await asked.ask({ kind: 'memory' })).rssMb };
  }
}

const TERMS = { route: 'online_only', ttl: '1h' };

function toEveryone(body: string, clients: number) {
  return { to: 'everyone', max_devices: clients, data: { m: body }, class: 'transactional', delivery: TERMS };
}

function toDevices(devices: readonly string[], body: string) {
  return { to: { devices }, data: { m: body }, class: 'transactional', delivery: TERMS };
}

/** Over the app's default route: the connection first, Apple when the device does not answer. */
function toOne(device: string, body: string) {
  return { to: { devices: [device] }, data: { m: body }, class: 'transactional' };
}

async function register(call: ApiCall, clients: number): Promise<void> {
  const lines = Array.from({ length: clients }, (_, n) =>
    JSON.stringify({
      ...{ id: deviceId(n), user: `u${n}`, platform: 'ios' },
      registrations: [{ provider: 'apns', token: apnsToken(n) }],
    }),
  );
  const results = await call('/v1/devices/import', `${lines.join('\n')}\n`);
  const taken = results.split('\n').filter((line) => line.includes('"status":201')).length;
  if (taken !== clients) throw new Error(`${taken} of ${clients} devices were imported: ${results.slice(0, 500)}`);
}

/** As the app's own server signs them: HS256 (RFC 7515). */
function accessToken(secret: string, n: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const at = Math.floor(Date.now() / 1_000);
  const scope = 'receive events';
  const claims = { iss: 'bench', aud: 'demo', sub: `u${n}`, device: deviceId(n), scope, iat: at, exp: at + 3_600 };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A string is sent as NDJSON. @throws Error for an answer that is no success */
type ApiCall = (path: string, body: object | string) => Promise<string>;

function apiCaller({ url, key }: LiveReady): ApiCall {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return (path, body) =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${key}`,
        'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json',
      };
      const call = request(new URL(path, url), { method: 'POST', agent, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString();
          if ((answer.statusCode ?? 500) < 300) resolve(text);
          else reject(new Error(`${path} answered ${answer.statusCode}: ${text.slice(0, 300)}`));
        });
      });
      call.on('error', reject);
      call.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
}
