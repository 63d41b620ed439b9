/** What opens providers: a kind, for any app's options. */

import type { ZodType } from 'zod';
import type { Message } from '../../src/domain/message.js';
import type { PushToken } from '../../src/domain/outcome.js';
import type { ProviderEnv } from './env.js';
import type { Provider, ProviderLimits } from './provider.js';

/** Input that can never become what it should be; the text is shown to the caller. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}

export interface ProviderKind<Options> {
  readonly name: string;
  /** Source of types, JSON Schema, example file and errors. */
  readonly options: ZodType<Options>;
  /** What an app's channel may say to this kind: the source of `Message.channel.settings`. Its output is JSON. */
  readonly channel: ZodType;
  /** The payload bytes, batch and TTL bounds that hold for every message of this kind. */
  readonly limits: ProviderLimits;
  /** Platforms whose native road this kind is, such as `ios`; empty for none. */
  readonly nativeFor: readonly string[];
  /**
   * Makers whose devices alone get addresses from this vendor, in lower case, such as `redmi`. Absent: every maker's.
   * On a device of theirs it goes before kinds for every maker.
   */
  readonly makers?: readonly string[];
  /** The house itself is the other side: no file configures it among providers, nobody simulates it. */
  readonly isOwnRoad?: true;
  /**
   * Can this message fit? Pure; asked before accept. `options` are those of the app's provider, for a kind of which they
   * decide what fits; without them the kind's defaults count.
   */
  check(message: Message, options?: Options): readonly Misfit[];
  /**
   * Canonical form of a push token. `options` are those of the app's provider, for a kind whose addresses depend on
   * them; without them the kind's defaults count. `purpose` is that of the address, `alert` when absent.
   *
   * @throws InvalidInputError when it cannot be one.
   */
  parsePushToken(raw: unknown, options?: Options, purpose?: string): PushToken;
  open(options: Options, env: ProviderEnv): Promise<Provider>;
}

/** Why a message does not fit this provider. An `error` refuses the call; a `warning` is told in the answer. */
export interface Misfit {
  readonly severity: 'error' | 'warning';
  /** Stable, snake_case: `payload_too_large`, `body_truncated` … */
  readonly code: string;
  /** A sentence that says what to do. */
  readonly detail: string;
  /** JSON pointer into the request body where there is one, such as `/notification/actions`. */
  readonly pointer?: string;
}

/** The ability of kinds that are a native road only where the app's file says so, in place of `nativeFor` and `makers`. */
export interface NativeByOptions<Options> {
  /** Pure. */
  nativeBy(options: Options): Pick<ProviderKind<Options>, 'nativeFor' | 'makers'>;
}

export function isNativeByOptions<Options>(
  kind: ProviderKind<Options>,
): kind is ProviderKind<Options> & NativeByOptions<Options> {
  return 'nativeBy' in kind && typeof kind.nativeBy === 'function';
}

/** The ability of kinds whose vendor has a simulator here: the same provider, opened against that. */
export interface Simulated<Options> {
  /**
   * Settings of the twin of a provider, as its file would have them. Nothing of `options` that opens a door at the
   * vendor is in them, only what makes push tokens and payloads look alike; every address is the simulator's. Pure.
   *
   * @param endpoints what the simulator tells of itself under this kind's name in `GET /endpoints`
   * @throws InvalidInputError where that is not what this kind needs
   */
  simulatedOptions(options: Options, endpoints: unknown): Readonly<Record<string, unknown>>;
}

export function isSimulated<Options>(kind: ProviderKind<Options>): kind is ProviderKind<Options> & Simulated<Options> {
  return 'simulatedOptions' in kind && typeof kind.simulatedOptions === 'function';
}

/** The ability of kinds whose vendor keeps addresses by region, each known in its own only. */
export interface Regional {
  /**
   * Canonical name of the region that a registration names.
   *
   * @throws InvalidInputError where there is no such region
   */
  parseRegion(raw: string): string;
}

export function isRegional(kind: object): kind is Regional {
  return 'parseRegion' in kind && typeof kind.parseRegion === 'function';
}
