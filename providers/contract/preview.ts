/** Showing a message without sending it: to people, or to the vendor, which judges it. */
import type { Json } from '../../src/domain/json.js';
import type { Message } from '../../src/domain/message.js';
import type { EpochMs } from '../../src/domain/time.js';
import type { Target } from './provider.js';

/** The ability of some kinds to show what they would send. */
export interface Previewable<Options = unknown> {
  /**
   * What would go out for this message to a registration of this purpose, as readable JSON: all but addresses,
   * credentials and the ids of the delivery. Pure.
   *
   * @param options of the app's provider, as for `check`
   * @returns undefined where the message does not fit
   */
  preview(message: Message, purpose: string, now: EpochMs, options?: Options): Json | undefined;
}

export function isPreviewable(kind: object): kind is Previewable {
  return 'preview' in kind && typeof kind.preview === 'function';
}

/** What a vendor said of a message that it was only shown. */
export interface Validation {
  /**
   * `accepted`: it would take the message. `refused`: it would not, or not for this address or with these credentials.
   * `unreachable`: no answer that says either. `not_askable`: there is no address to ask about.
   */
  readonly verdict: 'accepted' | 'refused' | 'unreachable' | 'not_askable';
  /** One sentence for people, without a full stop; never holds a credential or a push token. */
  readonly detail: string;
}

/** The ability of some providers to show a message to their vendor, which judges it and sends it to nobody. */
export interface Validating {
  /** Ends soon after `signal` aborts. Never rejects for what the vendor or the network does. */
  validate(message: Message, target: Target, signal: AbortSignal): Promise<Validation>;
}

export function isValidating(provider: object): provider is Validating {
  return 'validate' in provider && typeof provider.validate === 'function';
}
