import { isValidating, type Message, type Validation } from '../../providers/contract.js';
import type { Address } from '../domain/device.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { NewChunk } from '../ports/message-store.js';
import type { ProviderDirectory } from './provider-directory.js';
import { toTarget } from './render.js';

/** A person waits for the answer. */
const ANSWER_WITHIN_MS = 5_000;
/** The purpose that devices are sent to. */
const PURPOSE = 'alert';

type Sample = NewChunk['targets'][number];

/**
 * Asks the vendor behind an app's provider what it thinks of a message to one target. Reaches nobody, and what comes of
 * it changes nothing: no address is retired, no account paused.
 *
 * @param sample none where nobody would be sent to
 * @returns undefined where the vendor cannot be asked about any message
 */
export type AskVendor = (
  app: string,
  provider: string,
  message: Message,
  sample: Sample | undefined,
) => Promise<Validation | undefined>;

export function createAskVendor(house: {
  readonly devices: Pick<DeviceStore, 'addresses'>;
  readonly providers: ProviderDirectory;
  /** 5 s when absent. */
  readonly answerWithinMs?: number;
}): AskVendor {
  async function addressOf(app: string, provider: string, sample: Sample): Promise<Address | undefined> {
    if (sample.bare !== undefined) return sample.bare;
    const found = await house.devices.addresses([{ app, device: sample.key }]);
    const registrations = found.get(`${app}|${sample.key}`)?.registrations ?? [];
    return registrations.find((one) => one.provider === provider && one.purpose === PURPOSE);
  }

  return async (app, name, message, sample) => {
    const canAsk = house.providers.open(app, name);
    if (canAsk === undefined || !isValidating(canAsk)) return undefined;
    const address = sample === undefined ? undefined : await addressOf(app, name, sample);
    if (sample === undefined || address === undefined) {
      return { verdict: 'not_askable', detail: 'it would be sent to nobody, so there is no address to ask about' };
    }
    // Again: another may have its place by now.
    const provider = house.providers.open(app, name);
    if (provider === undefined || !isValidating(provider)) return undefined;
    const signal = AbortSignal.timeout(house.answerWithinMs ?? ANSWER_WITHIN_MS);
    return provider.validate(message, toTarget(message.id, { key: sample.key, address }), signal);
  };
}
