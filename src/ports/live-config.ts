import type { Json } from '../domain/json.js';

/** Who asked for the configuration to be read again; a field of the log. */
export type ReloadCause = 'files' | 'signal' | 'api';

/** One part of the configuration that took effect. */
export interface ConfigChange {
  /** `apps.shop` for an app, `apps.shop.providers.apns` for a provider of it, else a setting such as `log.level`. */
  readonly key: string;
  readonly change: 'added' | 'changed' | 'removed';
}

export type Reloading =
  | {
      readonly kind: 'reloaded';
      /** Empty when nothing differed. */
      readonly changed: readonly ConfigChange[];
      /** Settings whose written value is not the one in force: it takes effect when the process starts anew. */
      readonly needsRestart: readonly string[];
    }
  /** Nothing changed. A sentence per fault, without any secret. */
  | { readonly kind: 'refused'; readonly faults: readonly string[] };

/** What the files say beside what is in force. */
export type Comparison =
  | {
      readonly kind: 'compared';
      /** In the words of the files, secrets masked; so is `written`. */
      readonly inForce: Json;
      readonly written: Json;
      /** What the next reload would change, secrets whose text cannot be shown among it. */
      readonly pending: readonly ConfigChange[];
      readonly needsRestart: readonly string[];
    }
  /** The files cannot be read. A sentence per fault, without any secret. */
  | { readonly kind: 'faulty'; readonly inForce: Json; readonly faults: readonly string[] };

/** The configuration of the running process. */
export interface LiveConfig {
  /**
   * Reads the whole configuration anew and swaps in, in one step, what may change while the process runs. Calls are
   * carried out one after the other, so that each sees what was written before it was made.
   */
  reload(cause: ReloadCause): Promise<Reloading>;
  /** Reads the whole configuration anew, and changes nothing. */
  compare(): Promise<Comparison>;
}
