import { InvalidInputError, type Message, type Misfit } from '../../providers/contract.js';
import type { Warning } from '../domain/accepted-message.js';
import type { Audience, BareTarget } from '../domain/audience.js';
import { type FieldFault, GatewayError } from '../domain/errors.js';
import { nearest } from '../domain/suggest.js';
import type { TokenHasher } from '../ports/token-hasher.js';
import { filterWarnings } from './filter-warnings.js';
import { messageChannel, unknownChannel } from './message-channel.js';
import type { MessageDraft, PushTokenDraft } from './message-draft.js';
import { messageRoute, unknownRoute } from './message-route.js';
import { type Named, termsOf } from './message-terms.js';
import type { ConfiguredProvider, ProviderDirectory } from './provider-directory.js';
import { readRegion } from './read-region.js';
import { localize } from './renderings.js';
import { connectsByItself, unknownProvider } from './unknown-provider.js';

/** A draft whose meaning is checked. */
export interface CheckedDraft {
  readonly audience: Audience;
  readonly warnings: readonly Warning[];
  readonly named: Named;
}

/**
 * Checks what only the house can know: that providers exist, that push tokens can be theirs, that the message fits
 * each of them.
 *
 * @throws GatewayError `validation_failed` with every fault at once
 */
export function checkDraft(
  house: { readonly providers: ProviderDirectory; readonly hasher: TokenHasher },
  draft: MessageDraft,
): CheckedDraft {
  const faults: FieldFault[] = [];
  const providers = house.providers.configured(draft.app);
  const pushTokens = readPushTokens(house, draft, faults);
  checkOverrideNames(draft, providers, faults);
  for (const [i, name] of (draft.onlyProviders ?? []).entries()) {
    if (providers.some((provider) => provider.name === name)) continue;
    faults.push(unknownProvider(house.providers, draft.app, name, `/only/providers/${i}`));
  }
  const channels = house.providers.channels(draft.app);
  const channel = channels.find((candidate) => candidate.name === draft.channel);
  if (draft.channel !== undefined && channel === undefined) {
    faults.push(unknownChannel(draft.channel, draft.app, channels));
  }
  const routes = house.providers.routes(draft.app);
  const route = messageRoute(draft.route, routes, providers);
  if (route === undefined) faults.push(unknownRoute(draft.route ?? '', draft.app, routes, providers));
  const named = { channel, route: route ?? { steps: [] } };
  const warnings = checkFit(draft, providers, named, faults);
  if (faults.length > 0) {
    const count = faults.length === 1 ? '1 field is' : `${faults.length} fields are`;
    throw new GatewayError('validation_failed', `${count} wrong`, { faults });
  }
  const audience: Audience = {
    users: [...new Set(draft.to.users)],
    devices: [...new Set(draft.to.devices)],
    pushTokens,
    everyone: draft.to.everyone,
    ...(draft.onlyPlatforms === undefined ? {} : { onlyPlatforms: draft.onlyPlatforms }),
    exceptUsers: draft.exceptUsers,
    exceptDevices: draft.exceptDevices,
    ...broadParts(draft),
  };
  return { audience, warnings: [...warnings, ...filterWarnings([draft.to.filter, draft.onlyFilter])], named };
}

/** What most audiences do not have. */
function broadParts({ to, onlyProviders, onlyFilter, exceptTopics }: MessageDraft) {
  return {
    ...(to.topics === undefined ? {} : { topics: to.topics }),
    ...(to.filter === undefined ? {} : { filter: to.filter }),
    ...(onlyProviders === undefined ? {} : { onlyProviders }),
    ...(onlyFilter === undefined ? {} : { onlyFilter }),
    ...(exceptTopics === undefined ? {} : { exceptTopics }),
  };
}

/** Duplicates count once, whatever their spelling: they are compared in canonical form. */
function readPushTokens(
  house: { readonly providers: ProviderDirectory; readonly hasher: TokenHasher },
  draft: MessageDraft,
  faults: FieldFault[],
): BareTarget[] {
  const targets = new Map<string, BareTarget>();
  for (const [i, wanted] of draft.to.pushTokens.entries()) {
    const pointer = `/to/push_tokens/${i}`;
    const provider = house.providers.configured(draft.app).find((candidate) => candidate.name === wanted.provider);
    if (provider === undefined) {
      faults.push(unknownProvider(house.providers, draft.app, wanted.provider, `${pointer}/provider`));
      continue;
    }
    if (provider.isOwnRoad === true) {
      faults.push(connectsByItself(wanted.provider, `${pointer}/provider`));
      continue;
    }
    try {
      const token = provider.parsePushToken(wanted.token, wanted.purpose);
      const tokenHash = house.hasher.pushToken(draft.app, wanted.provider, token);
      targets.set(
        `${wanted.provider}|${tokenHash}`,
        toBareTarget(wanted, token, tokenHash, readRegion(wanted.region, provider, pointer, faults)),
      );
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      faults.push({ pointer: `${pointer}/token`, code: 'invalid_push_token', detail: error.message });
    }
  }
  return [...targets.values()];
}

function toBareTarget(
  wanted: PushTokenDraft,
  token: BareTarget['token'],
  tokenHash: string,
  region: Pick<BareTarget, 'region'>,
): BareTarget {
  return {
    provider: wanted.provider,
    token,
    tokenHash,
    environment: wanted.environment ?? 'production',
    purpose: wanted.purpose ?? 'alert',
    ...(wanted.bundleId === undefined ? {} : { bundleId: wanted.bundleId }),
    ...region,
    ...(wanted.platform === undefined ? {} : { platform: wanted.platform }),
  };
}

function checkOverrideNames(draft: MessageDraft, providers: readonly ConfiguredProvider[], faults: FieldFault[]): void {
  const known = new Set(providers.flatMap((provider) => [provider.name, provider.kind]));
  for (const name of Object.keys(draft.overrides)) {
    if (known.has(name)) continue;
    const guess = nearest(name, known);
    const hint =
      guess === undefined ? `configured are: ${[...known].join(', ') || 'none'}` : `did you mean '${guess}'?`;
    faults.push({
      pointer: `/overrides/${name}`,
      code: 'unknown_provider',
      detail: `'${name}' is not configured; ${hint}`,
    });
  }
}

/** Asks every provider of the app: which ones the audience will need is not known before it is resolved. */
function checkFit(
  draft: MessageDraft,
  providers: readonly ConfiguredProvider[],
  named: Named,
  faults: FieldFault[],
): Warning[] {
  const warnings: Warning[] = [];
  for (const provider of providers) {
    for (const { misfit, rendering } of misfitsOf(draft, provider, named)) {
      const { code, detail } = misfit;
      const told = rendering === null ? detail : `${rendering}: ${detail}`;
      const pointer = pointerIn(misfit.pointer ?? '/notification', rendering, draft);
      if (misfit.severity === 'warning') warnings.push({ code, detail: told, provider: provider.name });
      else faults.push({ pointer, code, detail: `${provider.name}: ${detail}` });
    }
  }
  return warnings;
}

/** Of the notification as it is, then of each rendering what is not wrong with the former as well. */
function misfitsOf(draft: MessageDraft, provider: ConfiguredProvider, named: Named) {
  const base = provider.check(toMessage(draft, provider, named, null));
  const told = new Set(base.map(spelled));
  const found: { readonly misfit: Misfit; readonly rendering: string | null }[] = [];
  for (const misfit of base) found.push({ misfit, rendering: null });
  for (const rendering of Object.keys(draft.locales ?? {})) {
    for (const misfit of provider.check(toMessage(draft, provider, named, rendering))) {
      if (!told.has(spelled(misfit))) found.push({ misfit, rendering });
    }
  }
  return found;
}

function spelled({ code, detail, pointer }: Misfit): string {
  return JSON.stringify([code, detail, pointer]);
}

/** Where the caller wrote what is wrong: in the locale, if the locale says it. */
function pointerIn(pointer: string, rendering: string | null, draft: MessageDraft): string {
  const [, root, field] = pointer.split('/');
  if (rendering === null || root !== 'notification') return pointer;
  const parts: object = draft.locales?.[rendering] ?? {};
  if (field !== undefined && !Object.hasOwn(parts, field)) return pointer;
  return pointer.replace('/notification', `/notification/locales/${rendering}`);
}

/** The draft as this provider would get it, under an id that is nobody's. */
export function toMessage(
  draft: MessageDraft,
  provider: ConfiguredProvider,
  named: Named,
  rendering: string | null,
): Message {
  const notification = localize(draft.notification, draft.locales, rendering);
  const { lane, terms } = termsOf(draft, named);
  const { channel } = named;
  const override = draft.overrides[provider.name] ?? draft.overrides[provider.kind];
  return {
    id: `msg_${'0'.repeat(26)}`, // as long as the real one, so that sizes are right
    app: draft.app,
    ...(notification === undefined ? {} : { notification }),
    ...(draft.data === undefined ? {} : { data: draft.data }),
    ttlSeconds: terms.ttlSeconds,
    priority: terms.priority,
    class: lane,
    ...(terms.isPriorityOwn === undefined ? {} : { isPriorityOwn: true }),
    ...(channel === undefined ? {} : { channel: messageChannel(channel.name, [channel], provider.name) }),
    ...(draft.collapseKey === undefined ? {} : { collapseKey: draft.collapseKey }),
    ...(override === undefined ? {} : { override }),
  };
}
