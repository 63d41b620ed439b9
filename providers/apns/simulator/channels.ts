import { randomBytes } from 'node:crypto';
import type { ApnsEnvironment, Refusal } from './answers.js';

/** What Apple knows of a broadcast channel. One it was never told about keeps messages, and is every app's. */
export type ChannelState =
  | {
      readonly kind: 'open';
      /** `none`: what comes is for those who listen now, and must say so; the most recent message is kept when absent. */
      readonly storage?: 'none' | 'most_recent';
      /** The one environment it was made in; both when absent. */
      readonly environment?: ApnsEnvironment;
      /** The one app it was made for; every app when absent. */
      readonly bundleId?: string;
    }
  | { readonly kind: 'deleted' };

/** Apple: per app and environment. */
const CHANNELS_MAX = 10_000;
const ID_BYTES = 16;

/** Whose channel, and where. */
export interface ChannelScope {
  readonly bundleId: string;
  readonly environment: ApnsEnvironment;
}

/** The register of channels, shared by both environments. */
export class Channels {
  readonly #states = new Map<string, ChannelState>();

  set(id: string, state: ChannelState): void {
    this.#states.set(id, state);
  }

  /** Apple's refusal of a well-formed push to a channel. */
  refuse(id: string, bundleId: string, environment: ApnsEnvironment, expiration = '0'): Refusal | undefined {
    const state = this.#states.get(id) ?? { kind: 'open' };
    const isThere =
      state.kind === 'open' &&
      (state.environment ?? environment) === environment &&
      (state.bundleId ?? bundleId) === bundleId;
    if (!isThere) return { status: 400, reason: 'ChannelNotRegistered' };
    // Nothing is kept there, so nothing can be kept until then.
    if (state.storage === 'none' && Number(expiration) !== 0) return { status: 400, reason: 'BadExpirationDate' };
    return undefined;
  }

  /** Makes one. @returns its id, or undefined when the app has 10,000 already */
  make(scope: ChannelScope, storage: 'none' | 'most_recent'): string | undefined {
    if (this.list(scope).length >= CHANNELS_MAX) return undefined;
    const id = randomBytes(ID_BYTES).toString('base64');
    this.#states.set(id, { kind: 'open', storage, ...scope });
    return id;
  }

  /** One that was made for this app, or that Apple was told about as such. */
  find(id: string, { bundleId, environment }: ChannelScope): (ChannelState & { kind: 'open' }) | undefined {
    const state = this.#states.get(id);
    return state?.kind === 'open' && state.bundleId === bundleId && state.environment === environment
      ? state
      : undefined;
  }

  list(scope: ChannelScope): readonly string[] {
    return [...this.#states.keys()].filter((id) => this.find(id, scope) !== undefined);
  }
}
