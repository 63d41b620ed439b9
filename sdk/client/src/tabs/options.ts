import type { ChannelLike, LocksLike } from '../platform.js';

/** Whether tabs share a connection, and by what: the platform's own with `true`. */
export type TabsOption = boolean | { readonly locks: LocksLike; readonly channel: (name: string) => ChannelLike };
