import { type ChannelAnswer, type ChannelKeeper, isChannelKeeper } from '../../providers/contract.js';
import type { ProviderDirectory } from './provider-directory.js';

export type { BroadcastChannel, ChannelScope } from '../../providers/contract.js';

/** A person or a backend waits for the answer. */
const ANSWER_WITHIN_MS = 5_000;

export type ChannelDeskAnswer<T> =
  | ChannelAnswer<T>
  /** The app has no such provider; these it has. */
  | { readonly kind: 'no_provider'; readonly name: string; readonly names: readonly string[] }
  /** Its vendor has no broadcast channels. */
  | { readonly kind: 'unable'; readonly providerKind: string };

/** Asks the vendor behind an app's provider about its broadcast channels; nothing of them is kept here. */
export type ChannelDesk = <T>(
  app: string,
  provider: string,
  work: (keeper: ChannelKeeper, signal: AbortSignal) => Promise<ChannelAnswer<T>>,
) => Promise<ChannelDeskAnswer<T>>;

export function createChannelDesk(house: {
  readonly providers: ProviderDirectory;
  /** 5 s when absent. */
  readonly answerWithinMs?: number;
}): ChannelDesk {
  const { providers, answerWithinMs = ANSWER_WITHIN_MS } = house;
  return async (app, name, work) => {
    const configured = providers.configured(app);
    const kind = configured.find((one) => one.name === name)?.kind;
    if (kind === undefined) return { kind: 'no_provider', name, names: configured.map((one) => one.name) };
    const provider = providers.open(app, name);
    if (provider === undefined || !isChannelKeeper(provider)) return { kind: 'unable', providerKind: kind };
    return work(provider, AbortSignal.timeout(answerWithinMs));
  };
}
