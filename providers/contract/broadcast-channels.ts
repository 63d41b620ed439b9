/** Channels at the vendor, to which a message goes once for all who follow. */

/** Which app's channels, in which environment. */
export interface ChannelScope {
  readonly environment: 'sandbox' | 'production';
  /** The provider's own when absent. */
  readonly bundleId?: string;
}

/** Whether a channel keeps its most recent message for those who come later. */
export type ChannelStorage = 'none' | 'most_recent';

export interface BroadcastChannel {
  /** The push token of a bare target of purpose `broadcast`. */
  readonly id: string;
  readonly storage: ChannelStorage;
}

export type ChannelAnswer<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** There is no such channel (any more). */
  | { readonly kind: 'missing' }
  /** One sentence for people, without a full stop; `cure` says what to do. */
  | { readonly kind: 'refused' | 'unreachable'; readonly detail: string; readonly cure?: string };

/**
 * The ability of some providers to manage broadcast channels at their vendor. Never rejects for what the vendor or the
 * network does; ends soon after `signal` aborts.
 */
export interface ChannelKeeper {
  /** Not repeatable: `unreachable` may have made one all the same, which `listChannels` shows. */
  createChannel(
    scope: ChannelScope,
    storage: ChannelStorage,
    signal: AbortSignal,
  ): Promise<ChannelAnswer<BroadcastChannel>>;
  readChannel(scope: ChannelScope, id: string, signal: AbortSignal): Promise<ChannelAnswer<BroadcastChannel>>;
  /** For good. */
  deleteChannel(scope: ChannelScope, id: string, signal: AbortSignal): Promise<ChannelAnswer<undefined>>;
  /** Ids in the vendor's order. */
  listChannels(scope: ChannelScope, signal: AbortSignal): Promise<ChannelAnswer<readonly string[]>>;
}

export function isChannelKeeper(provider: object): provider is ChannelKeeper {
  return 'createChannel' in provider && typeof provider.createChannel === 'function';
}
