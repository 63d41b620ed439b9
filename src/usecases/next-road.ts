import { ALERT_PURPOSE } from '../domain/device.js';
import type { Reason } from '../domain/reason.js';
import { type DeviceStep, nextStep } from '../domain/route.js';
import type { DeviceAddresses } from '../ports/device-store.js';
import type { ChunkWork } from './chunk-work.js';
import type { ProviderDirectory } from './provider-directory.js';

/**
 * Where the message's route leads a target whose road has ended, or will not open soon, for `reason`. Undefined where
 * the route ends, or for a bare push token, which has no other road.
 */
export type NextRoad = (
  target: { readonly work: ChunkWork; readonly index: number; readonly device?: DeviceAddresses },
  reason: Reason,
) => DeviceStep | undefined;

export function createNextRoad(providers: Pick<ProviderDirectory, 'configured'>): NextRoad {
  return ({ work, index, device }, reason) => {
    const { chunk, message } = work;
    const { route, onlyProviders } = message.terms;
    const steps = route?.steps ?? [];
    if (device === undefined || chunk.step + 1 >= steps.length) return undefined;
    const asked = work.trouble(index).attempts.map(({ provider }) => provider);
    const tried = chunk.provider === null ? asked : [...asked, chunk.provider];
    const reach = {
      platform: device.platform,
      ...(device.manufacturer === undefined ? {} : { manufacturer: device.manufacturer }),
      providers: device.registrations
        .filter(({ purpose }) => purpose === ALERT_PURPOSE)
        .map(({ provider }) => provider),
    };
    const roads = providers
      .configured(message.app)
      .filter(({ name }) => onlyProviders === undefined || onlyProviders.includes(name));
    return nextStep(steps, { step: chunk.step, reason, tried }, reach, roads);
  };
}
