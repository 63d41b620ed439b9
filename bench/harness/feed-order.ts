/** What W22 asks of the process that has the store open. */
export type FeedOrder =
  /** So many chunks that are due, of so many apps. */
  | { readonly kind: 'fill'; readonly chunks: number; readonly apps: number }
  /** Looks for `limit` chunks, so many times, each handing over what it finds. */
  | { readonly kind: 'feed'; readonly looks: number; readonly limit: number }
  /** Asks how much is due, so many times. */
  | { readonly kind: 'backlog'; readonly looks: number };

export interface FeedTold {
  /** Of each look. */
  readonly millis: readonly number[];
  /** Ids of the chunks that were handed over, all looks together; of `backlog`: none. */
  readonly handed: readonly string[];
  /** Apps among those of the first look. */
  readonly appsFirst: number;
  /** Looks that the store did not answer in the time that it has. */
  readonly failed: number;
}
