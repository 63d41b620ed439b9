import { isRecalling, type Recalling, type RecallOutcome } from '../../providers/contract.js';
import { type Address, ALERT_PURPOSE, type Platform } from '../domain/device.js';
import type { Clock } from '../domain/time.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { Log } from '../ports/log.js';
import type { MessageStore, SendableMessage } from '../ports/message-store.js';
import type { RecallStore, ShownOn } from '../ports/recall-store.js';
import type { ProviderDirectory } from './provider-directory.js';
import { renderMessage, toTarget } from './render.js';

/** What came of it at one provider: `recalled` counts those of an earlier time, too. */
export interface RecallTally {
  readonly recalled: number;
  /** It never will. */
  readonly impossible: number;
  /** Not now. */
  readonly failed: number;
}

/**
 * Asks the vendors that can take messages back to do so, on devices whose delivery went out over them and that may show it.
 * What was taken back ends as `recalled`, unless somebody had seen it. Repeating is harmless.
 *
 * @returns by provider; those whose vendor takes nothing back are left out. Never rejects for what a vendor does
 */
export type RecallAtVendors = (
  app: string,
  message: string,
  shown: readonly ShownOn[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, RecallTally>>;

interface Reachable {
  readonly device: string;
  readonly vendorId?: string;
  readonly address: Address;
  readonly platform: Platform;
}

export function createRecallAtVendors(house: {
  readonly messages: Pick<MessageStore, 'sendable'>;
  readonly devices: Pick<DeviceStore, 'addresses'>;
  readonly recalls: Pick<RecallStore, 'takenBack'>;
  readonly providers: Pick<ProviderDirectory, 'open' | 'configured' | 'channels'>;
  readonly clock: Clock;
  readonly log: Log;
}): RecallAtVendors {
  const { messages, devices, recalls, providers, clock, log } = house;

  return async (app, id, shown, signal) => {
    const tallies = new Map<string, RecallTally>();
    const able = distinct(shown.map(({ provider }) => provider ?? '')).filter(
      (provider) => openRecalling(app, provider) !== undefined,
    );
    if (able.length === 0) return tallies;
    const message = (await messages.sendable([id])).get(id);
    const asked = shown.filter((one) => isOut(one) && able.includes(one.provider ?? ''));
    const found = await devices.addresses(asked.map(({ device }) => ({ app, device })));
    for (const provider of able) {
      const these = shown.filter((one) => one.provider === provider);
      const out = these.filter(isOut);
      const reachable = out.flatMap(({ device, vendorId }): Reachable[] => {
        const { platform, registrations = [] } = found.get(`${app}|${device}`) ?? {};
        const address = registrations.find((one) => one.provider === provider && one.purpose === ALERT_PURPOSE);
        return address === undefined || platform === undefined
          ? []
          : [{ device, address, platform, ...(vendorId === undefined ? {} : { vendorId }) }];
      });
      const outcomes = message === undefined ? [] : await askAll(message, provider, reachable, signal);
      const recalled = reachable.filter((_, n) => outcomes[n] === 'recalled').map(({ device }) => device);
      await recalls.takenBack(app, id, provider, recalled, clock.now());
      const failed = outcomes.filter((outcome) => outcome === 'failed').length;
      tallies.set(provider, {
        recalled: recalled.length + these.filter(({ state }) => state === 'recalled').length,
        impossible: out.length - recalled.length - failed,
        failed,
      });
      if (failed > 0) log.warn({ app, provider, message: id, devices: failed }, 'recall.vendor_failed');
    }
    return tallies;
  };

  function openRecalling(app: string, name: string) {
    const provider = providers.open(app, name);
    return provider !== undefined && isRecalling(provider) ? provider : undefined;
  }

  /** One after the other: a vendor that is asked to take back is not to be overrun. */
  async function askAll(
    message: SendableMessage,
    provider: string,
    reachable: readonly Reachable[],
    signal: AbortSignal,
  ): Promise<readonly RecallOutcome['kind'][]> {
    const outcomes = new Map<Reachable, RecallOutcome['kind']>();
    for (const platform of distinct(reachable.map((one) => one.platform))) {
      const these = reachable.filter((one) => one.platform === platform);
      for (let from = 0; from < these.length; ) {
        // Looked up each time: another may have its place since.
        const open = openRecalling(message.app, provider);
        const part = these.slice(from, from + (open?.limits.batchTargetsMax ?? these.length));
        const kinds = open === undefined ? [] : await ask(open, message, provider, platform, part, signal);
        for (const [n, one] of part.entries()) outcomes.set(one, kinds[n] ?? 'failed');
        from += part.length;
      }
    }
    return reachable.map((one) => outcomes.get(one) ?? 'failed');
  }

  async function ask(
    open: Recalling,
    message: SendableMessage,
    name: string,
    platform: Platform,
    part: readonly Reachable[],
    signal: AbortSignal,
  ): Promise<readonly RecallOutcome['kind'][]> {
    if (signal.aborted) return [];
    const kind = providers.configured(message.app).find((one) => one.name === name)?.kind ?? name;
    const road = { name, kind, channels: providers.channels(message.app) };
    const batch = {
      message: renderMessage(message, road, { rendering: null, step: 0 }, clock.now()),
      targets: part.map(({ device, address, vendorId }) => ({
        ...toTarget(message.id, { key: device, address }),
        ...(vendorId === undefined ? {} : { vendorId }),
      })),
      platform,
    };
    try {
      return (await open.recall(batch, signal)).map((outcome) => outcome.kind);
    } catch (error) {
      log.error({ app: message.app, provider: name, error: String(error) }, 'recall.provider_threw');
      return [];
    }
  }
}

function distinct<T>(these: readonly T[]): T[] {
  return [...new Set(these)];
}

/** A vendor has it, and the person has not seen it for all that is known. */
function isOut({ state }: ShownOn): boolean {
  return state === 'sent' || state === 'delivered';
}
