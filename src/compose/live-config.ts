/** Swaps a new configuration into the running process: all of it that can change, or nothing. */
import { isDeepStrictEqual } from 'node:util';
import { formatFault } from '../../config/fault.js';
import type { Config, ConfigReading } from '../../config/load.js';
import type { ProviderKind } from '../../providers/contract.js';
import type { Rate } from '../domain/rate.js';
import { isTwin } from '../domain/twin.js';
import type { Comparison, ConfigChange, LiveConfig, ReloadCause, Reloading } from '../ports/live-config.js';
import type { Log } from '../ports/log.js';
import type { ProviderPool, Replacement } from '../routing/provider-pool.js';
import { isAdjustable } from '../runtime/logger.js';
import { differingApps, differingSettings, printableInForce } from './compare-config.js';
import { appSettings, providerSettings } from './provider-settings.js';
import { type Account, createResume } from './resume.js';

/** Settings of the gateway that follow the files, as the apps do. */
const LIVE: readonly string[] = ['log.level', 'limits.per_key'];

export interface LiveConfigHouse {
  /** What is in force now. */
  readonly started: Config;
  readonly read: () => Promise<ConfigReading>;
  readonly providers: ProviderPool;
  /** `Variations.kinds`. */
  readonly kinds?: readonly ProviderKind<unknown>[] | undefined;
  readonly log: Log;
  /** From now on, how much each server key may ask for; undefined: as much as it likes. */
  readonly limitKeys: (rate: Rate | undefined) => void;
  /** Lets go on what was stopped because of the credentials of these accounts. Repeating it is harmless. */
  readonly unblock: (accounts: readonly Account[]) => Promise<void>;
  /** Brings the store up to the webhooks of the apps' files. Never rejects. */
  readonly syncWebhooks: (config: Config) => Promise<void>;
}

export function createLiveConfig(house: LiveConfigHouse): LiveConfig {
  const { providers, log } = house;
  const resume = createResume(house.unblock, log);
  let inForce = house.started;
  let logLevel = house.started.log.level;
  let perKey = house.started.limits.per_key;
  let lastRefused = false;
  let lastNeedsRestart: readonly string[] = [];
  let turn: Promise<unknown> = Promise.resolve();

  async function reload(cause: ReloadCause): Promise<Reloading> {
    const reading = await house.read();
    if (reading.kind === 'faulty') return refuse(cause, reading.faults.map(formatFault));
    const { config } = reading;
    let replacement: Replacement;
    try {
      replacement = await providers.replace(appSettings(config), providerSettings(config, house.kinds));
    } catch (error) {
      return refuse(cause, [error instanceof Error ? error.message : String(error)]);
    }
    // Twins follow their apps; no file has a word about them.
    const ofFiles = replacement.changes.filter(({ app }) => !isTwin(app));
    const changed: ConfigChange[] = ofFiles.map(({ app, provider, part, change }) => ({
      key: [
        'apps',
        app,
        ...(provider === undefined ? [] : ['providers', provider]),
        ...(part === undefined ? [] : [part]),
      ].join('.'),
      change,
    }));
    // Webhooks are no concern of the providers.
    changed.push(...differingApps(inForce, config).filter(({ key }) => /^apps\.[^.]+\.webhooks$/.test(key)));
    const needsRestart = differingSettings(house.started, config).filter((key) => !LIVE.includes(key));
    if (config.log.level !== logLevel) {
      if (isAdjustable(log)) {
        log.setLevel(config.log.level);
        logLevel = config.log.level;
        changed.push({ key: 'log.level', change: 'changed' });
      } else needsRestart.push('log.level');
    }
    if (!isDeepStrictEqual(config.limits.per_key, perKey)) {
      perKey = config.limits.per_key;
      house.limitKeys(perKey);
      changed.push({ key: 'limits.per_key', change: 'changed' });
    }
    const known = new Set(inForce.warnings);
    for (const warning of config.warnings) if (!known.has(warning)) log.warn({ warning }, 'config.warning');
    inForce = config;
    await house.syncWebhooks(config);
    const isNews = changed.length > 0 || lastRefused || !isDeepStrictEqual(needsRestart, lastNeedsRestart);
    const fields = { cause, changed, needs_restart: needsRestart };
    // Files are touched for many reasons; whoever asked by hand wants to hear that it was done.
    if (isNews || cause !== 'files') log.info(fields, 'config.reloaded');
    else log.debug(fields, 'config.reloaded');
    lastRefused = false;
    lastNeedsRestart = needsRestart;
    await resume(replacement);
    return { kind: 'reloaded', changed, needsRestart };
  }

  async function compare(): Promise<Comparison> {
    const reading = await house.read();
    const shown = printableInForce(house.started, inForce, LIVE);
    if (reading.kind === 'faulty') return { kind: 'faulty', inForce: shown, faults: reading.faults.map(formatFault) };
    const { config } = reading;
    const live = differingSettings(inForce, config).filter((key) => LIVE.includes(key));
    return {
      kind: 'compared',
      inForce: shown,
      written: config.printable,
      pending: [...differingApps(inForce, config), ...live.map((key) => ({ key, change: 'changed' as const }))],
      needsRestart: differingSettings(house.started, config).filter((key) => !LIVE.includes(key)),
    };
  }

  function refuse(cause: ReloadCause, faults: readonly string[]): Reloading {
    lastRefused = true;
    log.error({ cause, faults }, 'config.reload_refused');
    return { kind: 'refused', faults };
  }

  return {
    reload(cause) {
      const reloading = turn.then(() => reload(cause));
      turn = reloading.catch(() => undefined);
      return reloading;
    },
    compare() {
      const comparing = turn.then(compare);
      turn = comparing.catch(() => undefined);
      return comparing;
    },
  };
}
