import { isInterpreting } from '../../providers/contract.js';
import type { Attempt, Delivery } from '../domain/delivery.js';
import type { RetiredRegistration } from '../domain/device.js';
import { type Explanation, explainDelivery, readAttempt, type VoiceOf } from '../domain/explain-delivery.js';
import { HOUSE_READINGS } from '../domain/house-readings.js';
import { REASONS, type Reason } from '../domain/reason.js';
import type { ProviderDirectory } from './provider-directory.js';

/** Says to people why things are as they are, in the words of the providers that an app has now. */
export interface Explain {
  delivery(app: string, delivery: Delivery): Explanation;
  /** What to do about what an attempt met; undefined where nothing is to be mended. */
  attempt(app: string, attempt: Attempt): string | undefined;
  /** Why a registration was taken out of use. */
  retired(app: string, registration: Pick<RetiredRegistration, 'provider' | 'reason'>): Explanation;
}

export function createExplain(house: { readonly providers: Pick<ProviderDirectory, 'configured'> }): Explain {
  const voicesOf =
    (app: string): VoiceOf =>
    (name) => {
      const provider = house.providers.configured(app).find((candidate) => candidate.name === name);
      return provider !== undefined && isInterpreting(provider) ? provider : undefined;
    };

  return {
    delivery: (app, delivery) => explainDelivery(delivery, voicesOf(app)),
    attempt: (app, attempt) => readAttempt(attempt, voicesOf(app))?.cure,
    retired(app, { provider, reason }) {
      const voice = voicesOf(app)(provider);
      const spoken = voice?.interpret({ code: reason });
      const house = isReason(reason) ? HOUSE_READINGS[reason] : undefined;
      const means = spoken?.means ?? house?.means ?? OWN_WORDS[reason] ?? 'the address is not to be used any more';
      const who = spoken === undefined || voice === undefined ? '' : `${voice.vendor} said ${reason}: `;
      const sentence = `${who}${means}.`;
      return {
        sentence: sentence.charAt(0).toUpperCase() + sentence.slice(1),
        cure: (spoken ?? house)?.cure ?? null,
      };
    },
  };
}

/** Reasons of the house's own for which no delivery ever ends. */
const OWN_WORDS: Readonly<Partial<Record<string, string>>> = {
  replaced: 'the vendor gave the device another address, which is used in its place',
};

function isReason(word: string): word is Reason {
  return (REASONS as readonly string[]).includes(word);
}
