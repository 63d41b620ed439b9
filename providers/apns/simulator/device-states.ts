import type { ApnsEnvironment, Refusal } from './answers.js';
import type { RequestHeaders } from './request-rules.js';

/** What Apple knows of a device token. One it was never told about is active everywhere, but for all-`f`. */
export type DeviceState =
  | {
      readonly kind: 'active';
      /** The one environment it was issued in; both when absent. */
      readonly environment?: ApnsEnvironment;
      /** The one topic it was issued for; every topic when absent. */
      readonly topic?: string;
    }
  /** Dead since `sinceMs`, epoch milliseconds. */
  | { readonly kind: 'unregistered' | 'expired'; readonly sinceMs: number }
  /** Too many notifications went to it lately. */
  | { readonly kind: 'throttled' };

/** The one token that nobody was ever issued, for those who try their credentials: Apple calls any such token bad. */
const NEVER_ISSUED = /^f{64}$/i;

/** The register of device tokens, shared by both environments. */
export class DeviceStates {
  readonly #states = new Map<string, DeviceState>();

  set(token: string, state: DeviceState): void {
    this.#states.set(token.toLowerCase(), state);
  }

  /** Apple's refusal of a well-formed token, or `undefined` when the device can be reached. */
  refuse(token: string, headers: RequestHeaders, environment: ApnsEnvironment): Refusal | undefined {
    if (NEVER_ISSUED.test(token)) return { status: 400, reason: 'BadDeviceToken' };
    if (this.#states.size === 0) return undefined;
    const state = this.#states.get(token.toLowerCase());
    switch (state?.kind) {
      case undefined:
        return undefined;
      case 'active':
        if ((state.environment ?? environment) !== environment) return { status: 400, reason: 'BadDeviceToken' };
        if (state.topic === undefined || state.topic === headers['apns-topic']) return undefined;
        return { status: 400, reason: 'DeviceTokenNotForTopic' };
      case 'unregistered':
        return { status: 410, reason: 'Unregistered', timestampMs: state.sinceMs };
      case 'expired':
        return { status: 410, reason: 'ExpiredToken', timestampMs: state.sinceMs };
      case 'throttled':
        return { status: 429, reason: 'TooManyRequests' };
      default:
        return state satisfies undefined;
    }
  }
}
