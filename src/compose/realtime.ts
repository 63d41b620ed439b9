/** The role `connector`: where devices are connected, and what of it the metrics and the log tell. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Counter, Gauge } from 'prom-client';
import type { Config } from '../../config/load.js';
import { type Connector, openConnector } from '../connector/connector.js';
import { createDoor } from '../connector/door.js';
import { createHttpRoads, type HttpRoads } from '../connector/http-roads.js';
import { createWebSockets } from '../connector/websocket/web-sockets.js';
import type { Clock } from '../domain/time.js';
import { REALTIME_SOCKET_PATH } from '../http/realtime-socket.js';
import type { UpgradeDoor } from '../http/upgrades.js';
import type { Worker } from '../ports/lifecycle.js';
import type { LiveBus } from '../ports/live-bus.js';
import type { Log } from '../ports/log.js';
import type { ProviderPool } from '../routing/provider-pool.js';
import type { Metrics } from '../runtime/metrics.js';
import { periodic } from '../runtime/periodic.js';
import type { AccessTokens } from '../usecases/access-tokens.js';
import { ACCESS_WATCH_EVERY_MS, createAccessWatch } from '../usecases/access-watch.js';
import type { RecordTold } from '../usecases/record-told.js';
import type { Base } from './base.js';

const SUMMARY_EVERY_MS = 60_000;
/** A client that was told to go has so long to do so, before its socket is cut. */
const CLOSE_MS = 2_000;

export interface RealtimeParts {
  readonly config: Config;
  readonly base: Base;
  readonly bus: LiveBus;
  readonly providers: ProviderPool;
  readonly tokens: AccessTokens;
  /** Whose pages may connect; to any of the apps where none is named. */
  readonly allowsOrigin: (app: string | undefined, origin: string) => boolean;
  readonly recordTold: RecordTold;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Realtime {
  readonly connector: Connector;
  readonly roads: HttpRoads;
  readonly sockets: UpgradeDoor;
  readonly workers: readonly Worker[];
  /** Says goodbye to every device; nobody is connected any more when it resolves. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export async function openRealtime(parts: RealtimeParts): Promise<Realtime> {
  const { config, base, bus, providers, metrics, clock, log } = parts;
  const settings = config.realtime;
  const ticks = () => performance.now();
  const connector = await openConnector({
    bus,
    mailboxes: base.store.mailboxes,
    upstream: base.store.upstream,
    devices: base.store.devices,
    recordTold: parts.recordTold,
    tokens: parts.tokens,
    apps: providers,
    allowsOrigin: parts.allowsOrigin,
    clock,
    ticks,
    random: (size) => randomBytes(size),
    chance: Math.random,
    log,
    connectionsPerUser: settings.connections_per_user,
  });
  const { revocations } = base.store;
  const watch = createAccessWatch({ tokens: parts.tokens, revocations, open: () => connector.accesses(), clock });
  const { accept_rate: accept } = settings;
  const door = createDoor({
    hasRoad: () => providers.apps().some((app) => providers.realtime(app) !== undefined),
    allowsOrigin: (origin) => parts.allowsOrigin(undefined, origin),
    limits: {
      connections: settings.connections,
      connectionsPerAddress: settings.connections_per_address,
      accept: accept === undefined ? undefined : { perSecond: accept.units / accept.windowSeconds },
    },
    ticks,
    chance: Math.random,
    isDraining: () => connector.isDraining,
  });
  const webSockets = createWebSockets(connector, ticks, door.leave, {
    isOffered: () => providers.apps().some((app) => providers.realtime(app)?.compression === 'on'),
    isOn: (app) => providers.realtime(app)?.compression === 'on',
  });
  const roads = createHttpRoads({ connector, door, clock, ticks });
  countSockets(metrics, connector, () => ({ websocket: webSockets.size, ...roads.size }));

  return {
    connector,
    roads,
    sockets: { path: REALTIME_SOCKET_PATH, enter: door.enter, take: webSockets.take },
    workers: [
      periodic('realtime.access', ACCESS_WATCH_EVERY_MS, log, () => watch.run()),
      periodic('realtime.summary', SUMMARY_EVERY_MS, log, summarise(connector, log)),
    ],
    async drain() {
      await connector.drain();
      const deadline = ticks() + CLOSE_MS;
      while (webSockets.size > 0 && ticks() < deadline) await pause(20);
      webSockets.terminate();
    },
    close: () => connector.close(),
  };
}

/** Read when they are asked for: counting must cost nothing where thousands of frames come a second. */
export function countSockets(
  { registry }: Pick<Metrics, 'registry'>,
  connector: Pick<Connector, 'counts' | 'bufferedBytes'>,
  sizes: () => Readonly<Record<string, number>>,
): void {
  const registers = [registry];
  new Gauge({
    name: 'pealbell_sockets',
    help: 'Connections of devices, also those that have not said hello.',
    labelNames: ['transport'],
    registers,
    collect() {
      for (const [transport, size] of Object.entries(sizes())) this.set({ transport }, size);
    },
  });
  new Counter({
    name: 'pealbell_realtime_frames_total',
    help: 'Frames of the realtime protocol.',
    labelNames: ['direction', 'type'],
    registers,
    collect() {
      this.reset();
      for (const direction of ['in', 'out'] as const) {
        for (const [type, count] of Object.entries(connector.counts.frames[direction]))
          this.inc({ direction, type }, count);
      }
    },
  });
  new Gauge({
    name: 'pealbell_realtime_buffered_bytes',
    help: 'What waits for slow devices in this process.',
    registers,
    collect() {
      this.set(connector.bufferedBytes());
    },
  });
}

/** One line a minute instead of two for each connection; none where nothing happened. */
function summarise(connector: Connector, log: Log): () => Promise<void> {
  const { counts } = connector;
  let opened = 0;
  let endings: Readonly<Record<string, number>> = {};
  return async () => {
    const ended = Object.entries(counts.endings).map(([ending, count]) => [ending, count - (endings[ending] ?? 0)]);
    const news = ended.filter(([, count]) => count !== 0);
    if (counts.opened === opened && news.length === 0) return;
    log.info(
      { open: connector.size, opened: counts.opened - opened, ended: Object.fromEntries(news) },
      'realtime.minute',
    );
    opened = counts.opened;
    endings = { ...counts.endings };
  };
}
