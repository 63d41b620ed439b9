/**
 * The composition root: with its folder the one place that names every concrete class, and the only one that reads
 * `Config`. What is opened here is closed here, last opened first.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import type { Config } from '../config/load.js';
import type { Role } from '../config/roles.js';
import { urlRulesOf } from '../config/webhooks.js';
import { createAccess } from './compose/access.js';
import { openAllowances, openBase, openBus, openQueue } from './compose/base.js';
import { createCallbackUrls } from './compose/callback-urls.js';
import { createFileWebhooks } from './compose/file-webhooks.js';
import { createLiveConfig } from './compose/live-config.js';
import { observeProvider } from './compose/observed.js';
import { appSettings, providerSettings } from './compose/provider-settings.js';
import { openRealtime } from './compose/realtime.js';
import { type Account, createResume } from './compose/resume.js';
import { type Endpoints, findSimulators, watchSimulators } from './compose/simulators.js';
import { type Stack, unwind } from './compose/stack.js';
import { openTwinned } from './compose/twins.js';
import type { Variations } from './compose/variations.js';
import { createWebhooks } from './compose/webhooks.js';
import { prepareWorkers, watchingWorkers } from './compose/workers.js';
import { newId } from './domain/ids.js';
import { isTwin } from './domain/twin.js';
import { createEgress } from './egress/egress.js';
import { createAdmin, createApi, createConnectorApi } from './http/app.js';
import { createDoorway } from './http/doorway.js';
import type { ApiHouse } from './http/house.js';
import { createKeyLimit } from './http/key-limit.js';
import { localAdmin } from './http/local-admin.js';
import { CONNECTIONS_MAX, type HttpListener, listen, PATIENCE_MS } from './http/server.js';
import { serveUpgrades } from './http/upgrades.js';
import type { LiveConfig } from './ports/live-config.js';
import { LANES, type Lane } from './ports/work-queue.js';
import type { BullWorkQueue } from './queue/bullmq/work-queue.js';
import { systemClock } from './runtime/clock.js';
import { createHealth, type HealthChecks } from './runtime/health.js';
import { createLog } from './runtime/logger.js';
import { createMetrics } from './runtime/metrics.js';
import { createSupervisor } from './runtime/supervisor.js';
import { createAcceptMessage } from './usecases/accept-message.js';
import { createAccountGate } from './usecases/account-gate.js';
import { createAddressBook } from './usecases/address-book.js';
import { createChannelDesk } from './usecases/broadcast-channels.js';
import { createCarryOut } from './usecases/carry-out.js';
import { createChangeUser } from './usecases/change-user.js';
import { createChooseDevices } from './usecases/choose-devices.js';
import { createChunkWriter } from './usecases/chunk-writer.js';
import { createDeliver } from './usecases/deliver.js';
import { createEraseUser } from './usecases/erase-user.js';
import { createExplain } from './usecases/explain.js';
import { createFanOut } from './usecases/fan-out.js';
import { createFeeder } from './usecases/feed.js';
import { createGiveUp } from './usecases/give-up.js';
import { createHandOut } from './usecases/hand-out.js';
import { createHeedNotices } from './usecases/heed-notices.js';
import { createPaceKeeper } from './usecases/keep-pace.js';
import { createQuotaKeeper } from './usecases/keep-quotas.js';
import { createLiveRoads } from './usecases/live-road.js';
import { createMessageTimeline } from './usecases/message-timeline.js';
import { createNameDeliveries } from './usecases/name-deliveries.js';
import { createNextRoad } from './usecases/next-road.js';
import { createPlanMessage } from './usecases/plan-message.js';
import { createProviderHealth } from './usecases/provider-health.js';
import { createRecallAtVendors } from './usecases/recall-at-vendors.js';
import { createRecallMessage } from './usecases/recall-message.js';
import { createRecordReceipts } from './usecases/record-receipts.js';
import { createRecordTold } from './usecases/record-told.js';
import { createRegisterDevice } from './usecases/register-device.js';
import { createRememberNames } from './usecases/remember-names.js';
import { createReplaceAddresses } from './usecases/replace-addresses.js';
import { createRetire } from './usecases/retire.js';
import type { ServerKeys } from './usecases/server-keys.js';
import { createSettledWatch } from './usecases/settled-watch.js';
import { createSharedTokens } from './usecases/shared-tokens.js';
import { createCallbackDesk } from './usecases/take-callback.js';
import { createTellingDevices } from './usecases/telling-devices.js';
import { createTestProvider } from './usecases/test-provider.js';
import { createWebhookDesk } from './usecases/webhook-desk.js';

/** For commands: the process that has an embedded store open answers them. */
export { openStore } from './compose/base.js';
export { inspectStore, type StoreReport } from './compose/inspect-store.js';
export { openProcesses } from './compose/processes.js';
export { reportToParent } from './compose/report-to-parent.js';
export { type KeySetTest, tryKeySets } from './compose/try-key-sets.js';
export { type AccountTest, tryProviders } from './compose/try-providers.js';
export type { Variations } from './compose/variations.js';
export { connectOwner, type OwnerConnection } from './store/postgres/engine/owner-client.js';

/** The API drains first, then workers put down what they hold; together less than the 25 s an orchestrator grants. */
const API_GRACE_MS = 6_000;
const WORKER_GRACE_MS = 12_000;

export interface Gateway {
  /** Absent without the roles `api` and `connector`. */
  readonly api: HttpListener | undefined;
  readonly admin: HttpListener;
  readonly keys: ServerKeys;
  readonly health: HealthChecks;
  readonly metrics: Registry;
  readonly queue: BullWorkQueue;
  /** Absent where `Variations.readConfig` is. */
  readonly liveConfig: LiveConfig | undefined;
  /** Resolves with a sentence when the process cannot go on and should stop. */
  readonly failed: Promise<string>;
  /** Stops accepting, drains, gives chunks back, closes everything. Calling it twice is harmless. */
  stop(): Promise<void>;
}

/** Opens and starts everything the roles ask for. @throws GatewayError with a sentence that says what to do */
export async function openGateway(
  config: Config,
  roles: readonly Role[],
  version: string,
  variations: Variations = {},
): Promise<Gateway> {
  const clock = variations.clock ?? systemClock;
  const log = variations.log ?? createLog(config.log.level);
  const metrics = createMetrics();
  const supervisor = createSupervisor(log);
  const stack: Stack = [];
  let tellLost: (sentence: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => {
    tellLost = resolve;
  });
  try {
    const base = await openBase(config, variations, log, (sentence) => tellLost(sentence), stack);
    const queue = await openQueue(config, base, log, stack);
    const { simulators } = config;
    const { bus, checks: busChecks } = await openBus(config, log, stack);
    const allowances = openAllowances(config, clock, log, stack);
    variations.observeParts?.({ store: base.store, queue, bus });
    // Before the providers: they tell their vendors where it is. Who comes early waits until there is somebody to answer.
    const doorway = createDoorway();
    const hasApi = roles.includes('api');
    const hasListener = hasApi || roles.includes('connector');
    const newRequestId = () => newId('req', clock.now(), (size) => randomBytes(size));
    const api = hasListener
      ? await listen(doorway.handle, {
          ...config.server.listen,
          setting: 'server.listen',
          newRequestId,
          connectionsMax: CONNECTIONS_MAX + (roles.includes('connector') ? config.realtime.connections : 0),
        })
      : undefined;
    stack.push(async () => api?.close(0));
    const endpoints = await findSimulators(simulators, () => clock.now(), log, stack);
    const egress = createEgress({ allow: config.egress.allow });
    const providers = await openTwinned(
      { apps: appSettings(config), settings: providerSettings(config, variations.kinds), endpoints },
      {
        clock,
        log,
        observe: (app, provider, observation) => observeProvider(metrics, app, provider, observation),
        egress,
        live: createLiveRoads({ ...base.store, bus, clock }),
        tokens: createSharedTokens({ ...base.store, clock }),
        callbackUrl: createCallbackUrls({
          publicUrl: config.server.public_url,
          ownUrl: hasApi ? api?.url.replace('0.0.0.0', '127.0.0.1').replace('[::]', '[::1]') : undefined,
          hasher: base.hasher,
        }),
      },
    );
    stack.push(() => providers.close());

    const hardStop = new AbortController();
    const holder = randomUUID();
    const random = Math.random;
    const retry = { baseMs: config.retry.base, capMs: config.retry.cap, attemptsMax: config.retry.attempts };
    const devices = { ...base.store.devices, ...createTellingDevices(base.store.devices, bus, log) };
    const { messages, chunks, mailboxes, users, topics, accounts, history } = base.store;
    const wakers = { transactional: { call: () => {} }, marketing: { call: () => {} }, system: { call: () => {} } };
    const wake = (lane: Lane) => wakers[lane].call();
    const handOut = createHandOut({ queue, log });
    const feeder = createFeeder({ chunks, queue: handOut, clock });
    const observeRetired = (provider: string, reason: string, count: number) =>
      metrics.retired.inc({ provider, reason }, count);
    const retire = createRetire({
      devices,
      clock,
      log,
      brake: { windowMs: config.brake.window, share: config.brake.share, floor: config.brake.floor },
      observe: observeRetired,
    });
    const gate = createAccountGate({ accounts, clock, random, retry, log });
    const nextRoad = createNextRoad(providers);
    const carryOut = createCarryOut({ chunks, mailboxes, retire, clock, wake });
    const deliver = createDeliver({
      messages,
      chunks,
      mailboxes,
      receipts: base.store.receipts,
      rememberNames: createRememberNames({ providers, vendorNames: base.store.vendorNames, clock, log }),
      replaceAddresses: createReplaceAddresses({ ...base.store, providers, hasher: base.hasher, clock, log }),
      providers,
      addressBook: createAddressBook(devices),
      writer: createChunkWriter({ chunks, clock, log, hardStop: hardStop.signal }),
      carryOut,
      nextRoad,
      pace: createPaceKeeper({ providers, allowances, clock }),
      quotas: createQuotaKeeper({ providers, quotas: base.store.quotas, gate, nextRoad, clock, log }),
      isStopping: () => hardStop.signal.aborted,
      clock,
      holder,
      hardStop: hardStop.signal,
      gate,
      retry,
      random,
      observe: (app, provider, state, reason, count) =>
        metrics.deliveries.inc({ app, provider: provider ?? 'none', state, reason: reason ?? 'none' }, count),
    });
    const chooseDevices = createChooseDevices({ devices, bus });
    const fanOut = createFanOut({ messages, devices, chooseDevices, mailboxes, providers, clock, wake });

    const { recalls } = base.store;
    const recallAtVendors = createRecallAtVendors({ messages, devices, recalls, providers, clock, log });
    const recallMessage = createRecallMessage({ messages, recalls, mailboxes, bus, recallAtVendors, clock });
    const parts = {
      ...{
        config,
        base,
        queue,
        handOut,
        gate,
        providers,
        retire,
        feeder,
        deliver,
        fanOut,
        carryOut,
        recallMessage,
        wakers,
        metrics,
        clock,
        log,
      },
      holder,
    };
    const workers = roles.includes('worker')
      ? await prepareWorkers(parts, variations.reconciler !== false)
      : watchingWorkers(parts);
    const unblock = async (accounts: readonly Account[]) => {
      if (!roles.includes('worker')) return;
      await gate.unblock(accounts);
      await chunks.unblock(clock.now());
      for (const lane of LANES) wake(lane);
    };
    if (simulators.kind === 'remote') {
      const resume = createResume(unblock, log);
      const follow = async (found: Endpoints) => resume(await providers.follow(found));
      workers.push(watchSimulators(simulators.url, log, endpoints, follow));
    }
    const webhooks = createWebhooks({ config, base, egress, metrics, clock, log, holder, version });
    stack.push(async () => webhooks.close());
    if (roles.includes('worker')) workers.push(webhooks.worker);
    supervisor.start(workers);

    const fileWebhooks = createFileWebhooks({ store: base.store.webhooks, clock, log });
    stack.push(() => fileWebhooks.close());
    await fileWebhooks.sync(config);

    const keyLimit = createKeyLimit(allowances, 'key', config.limits.per_key);
    const { readConfig } = variations;
    const liveConfig =
      readConfig === undefined
        ? undefined
        : createLiveConfig({
            started: config,
            read: readConfig,
            providers,
            kinds: variations.kinds,
            log,
            limitKeys: keyLimit.setRate,
            unblock,
            syncWebhooks: fileWebhooks.sync,
          });

    const access = createAccess({ config, base, providers, bus, clock, log });
    const recordReceipts = createRecordReceipts({
      receipts: base.store.receipts,
      mailboxes: base.store.mailboxes,
      bus,
      clearsOnOpen: (app) => providers.realtime(app)?.clearOnOpen === true,
      clock,
      log,
    });
    const recordTold = createRecordTold({ recordReceipts, reactions: base.store.reactions, clock });
    const { tokens, allowsOrigin } = { tokens: access.tokens, allowsOrigin: access.door.allowsOrigin };
    const realtime = roles.includes('connector')
      ? await openRealtime({
          ...{ config, base, bus, providers, tokens, allowsOrigin, recordTold, metrics, clock, log },
        })
      : undefined;
    if (realtime !== undefined) {
      stack.push(() => realtime.close());
      supervisor.start(realtime.workers);
    }

    const settledWatch = createSettledWatch({ messages, log });
    stack.push(() => settledWatch.close());
    let stopping: Promise<void> | undefined;
    const health = createHealth(
      () => supervisor.dead(),
      { store: { check: () => base.ping() }, queue, ...busChecks },
      () => stopping !== undefined,
    );
    const house: ApiHouse = {
      acceptMessage: createAcceptMessage({
        messages,
        devices,
        chooseDevices,
        queue: handOut,
        feeder,
        providers,
        hasher: base.hasher,
        clock,
        random: (size) => randomBytes(size),
        log,
        broadcastDevicesMax: config.limits.broadcast_devices,
        assertRoom: base.assertRoom,
        batchesRunning: base.acceptsAtOnce,
        observe: (event) => metrics.messages.inc(event),
        wake,
      }),
      planMessage: createPlanMessage({
        devices,
        chooseDevices,
        providers,
        hasher: base.hasher,
        clock,
        broadcastDevicesMax: config.limits.broadcast_devices,
      }),
      registerDevice: createRegisterDevice({
        devices,
        providers,
        hasher: base.hasher,
        clock,
        assertRoom: base.assertRoom,
      }),
      recordTold,
      callbacks: createCallbackDesk({
        nameDeliveries: createNameDeliveries({ ...base.store, hasher: base.hasher }),
        giveUp: createGiveUp({ ...base.store, clock, pause }),
        heedNotices: createHeedNotices({ ...base.store, providers, retire, hasher: base.hasher }),
        ...{ providers, hasher: base.hasher, recordTold, log },
      }),
      bus,
      recallMessage,
      changeUser: createChangeUser({ users, clock, assertRoom: base.assertRoom }),
      messages,
      history,
      messageTimeline: createMessageTimeline({ messages, history }),
      settledWatch,
      devices,
      providerHealth: createProviderHealth({ providers, ...base.store, gate, clock }),
      channelDesk: createChannelDesk({ providers }),
      testProvider: createTestProvider({ providers, nowMs: () => performance.now() }),
      explain: createExplain({ providers }),
      eraseUser: createEraseUser({ ...base.store, bus, clock }),
      users,
      topics,
      upstream: base.store.upstream,
      webhooks: {
        store: base.store.webhooks,
        desk: createWebhookDesk({
          store: base.store.webhooks,
          clock,
          random: (size) => randomBytes(size),
          wake: webhooks.wake,
        }),
        urls: urlRulesOf(config),
        bodyOf: webhooks.bodyOf,
      },
      stats: base.store.stats,
      eventLog: base.store.events,
      access: { issuer: access.issuer, revoke: access.revoke, apps: providers },
      realtime: realtime?.roads,
      deviceDoor: access.door,
      assertRoom: base.assertRoom,
      keys: base.keys,
      liveConfig,
      hasApp: (app) => providers.hasApp(app),
      appNames: () => providers.apps().filter((app) => !isTwin(app)),
      testKeys: () => (simulators.kind === 'off' ? 'off' : providers.hasTwins() ? 'on' : 'unreachable'),
      health,
      metrics: metrics.registry,
      clock,
      random: (size) => randomBytes(size),
      log,
      keyLimit,
      limits: { bodyBytes: config.limits.body },
      version,
      publicUrl: config.server.public_url,
      trustedProxies: config.server.trusted_proxies,
    };
    base.ownership?.serve(localAdmin(base.keys, liveConfig));
    const admin = await listen(createAdmin(house), {
      ...config.server.admin,
      setting: 'server.admin',
      isOwn: true,
      newRequestId,
    });
    stack.push(() => admin.close(0));
    const edge = hasApi ? createApi(house) : realtime === undefined ? undefined : createConnectorApi(house);
    if (api !== undefined && edge !== undefined && realtime !== undefined)
      serveUpgrades(api.server, edge, realtime.sockets, house);
    if (edge !== undefined) doorway.open(edge);

    const stop = async () => {
      await settledWatch.close(); // who waits for deliveries is answered now, and does not use up the grace
      // Connected devices leave at once, each with a time to come back; requests get their grace.
      await Promise.all([realtime?.drain(), api?.close(API_GRACE_MS, variations.patienceMs ?? PATIENCE_MS)]);
      const late = await supervisor.stop(WORKER_GRACE_MS);
      hardStop.abort();
      if (late.length > 0) log.warn({ workers: late }, 'shutdown.not_in_time');
      await unwind(stack);
    };
    return {
      api,
      admin,
      keys: base.keys,
      health,
      metrics: metrics.registry,
      queue,
      liveConfig,
      failed: Promise.race([lost, supervisor.failed]),
      stop() {
        stopping ??= stop();
        return stopping;
      },
    };
  } catch (error) {
    await supervisor.stop(WORKER_GRACE_MS);
    await unwind(stack);
    throw error;
  }
}
