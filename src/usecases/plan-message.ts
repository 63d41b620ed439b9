import { isPreviewable, type Json, type Validation } from '../../providers/contract.js';
import type { AudienceSummary, MessageClass, Warning } from '../domain/accepted-message.js';
import { type Audience, type AudienceMember, bareTargetsIn } from '../domain/audience.js';
import { NATIVE, type Road, type RouteStep } from '../domain/route.js';
import type { Clock } from '../domain/time.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { NewChunk } from '../ports/message-store.js';
import type { TokenHasher } from '../ports/token-hasher.js';
import { createAskVendor } from './ask-vendor.js';
import { countWithin, namesWithoutDevice, summarize, withoutDoubles } from './audience-rules.js';
import { checkDraft, toMessage } from './check-draft.js';
import type { ChooseDevices } from './choose-devices.js';
import type { MessageDraft } from './message-draft.js';
import { type Named, NOBODY_WARNING, termsOf } from './message-terms.js';
import { planChunks } from './plan-chunks.js';
import type { ConfiguredProvider, ProviderDirectory } from './provider-directory.js';
import { renderingsOf } from './renderings.js';

const PAGE_MEMBERS = 1_000;
/** Devices a plan looks at one by one; of a larger audience only the number is told. */
export const PLAN_MEMBERS_MAX = 10_000;

/** What would go to one provider. */
export interface ProviderPlan {
  readonly provider: string;
  /** Devices and bare push tokens; absent for an audience that is too large to be looked at. */
  readonly devices?: number;
  /** The first of its devices; null for a bare push token, or when there is none. */
  readonly sampleDevice: string | null;
  /** As the provider would send it, its address and ids aside; absent where the provider's kind cannot tell. */
  readonly payload?: Json;
  /** What the vendor says of it; absent where it was not asked, or cannot be. */
  readonly vendor?: Validation;
}

/** How many devices begin at a step of the route; those whose road ends there go on at the next. */
export interface StepPlan {
  readonly via: string;
  /** `null`: no provider of this app. */
  readonly provider: string | null;
  /** Absent for an audience that is too large to be looked at. */
  readonly devices?: number;
}

/** What a send would do now. */
export interface MessagePlan {
  readonly app: string;
  readonly class: MessageClass;
  readonly audience: AudienceSummary;
  /** One per provider of the app, in the order of its file. */
  readonly providers: readonly ProviderPlan[];
  /** The route, step by step. */
  readonly steps: readonly StepPlan[];
  /** Devices that no provider reaches; absent for an audience that is too large to be looked at. */
  readonly noRegistration?: number;
  readonly warnings: readonly Warning[];
}

export interface PlanMessage {
  /**
   * Checks a message as a send does and tells its plan. Reads only: nothing is stored, nothing is sent.
   *
   * @param asksVendors vendors that can judge a message without sending it are asked, each for at most 5 s
   * @throws GatewayError `validation_failed` (with faults), `audience_too_large`, `store_unavailable`
   */
  plan(draft: MessageDraft, asksVendors?: boolean): Promise<MessagePlan>;
}

export function createPlanMessage(house: {
  readonly devices: DeviceStore;
  readonly chooseDevices: Pick<ChooseDevices, 'ofAll'>;
  readonly providers: ProviderDirectory;
  readonly hasher: TokenHasher;
  readonly clock: Clock;
  /** Devices a call may reach without naming `max_devices`. */
  readonly broadcastDevicesMax: number;
}): PlanMessage {
  const askVendor = createAskVendor(house);

  return {
    async plan(draft, asksVendors = false) {
      const { audience: whole, warnings, named } = checkDraft(house, draft);
      const audience = await withoutDoubles(draft.app, whole, (tokens) => house.devices.holders(tokens));
      const counted = await countWithin(house, draft, audience);
      const all = await allMembers(draft.app, audience);
      const members = all && (await house.chooseDevices.ofAll(draft.app, draft.perUser ?? 'all', all));
      const providers = house.providers.configured(draft.app);
      const bare = bareTargetsIn(audience);
      const renderings = await renderingsOf(house.devices, draft.app, members ?? [], draft.locales);
      const dispatch = { steps: named.route.steps, roads: providers, renderings };
      const chunks = members === undefined ? undefined : planChunks('', 0, members, bare, dispatch);
      return {
        app: draft.app,
        class: termsOf(draft, named).lane,
        audience:
          members === undefined
            ? { state: 'resolving', ...(counted === undefined ? {} : { devices: counted }) }
            : summarize(members, bare.length, namesWithoutDevice(audience, all ?? members)),
        providers: await Promise.all(providers.map((provider) => planOf(provider, draft, named, chunks, asksVendors))),
        steps: stepsOf(named.route.steps, providers, chunks),
        ...(chunks === undefined ? {} : { noRegistration: targetsOf(chunks, null).length }),
        warnings: chunks?.length === 0 ? [...warnings, NOBODY_WARNING] : warnings,
      };
    },
  };

  /** Undefined when there are more than are looked at. */
  async function allMembers(app: string, audience: Audience): Promise<AudienceMember[] | undefined> {
    const members: AudienceMember[] = [];
    for (;;) {
      const after = members.at(-1)?.device ?? '';
      const page = await house.devices.members(app, audience, { limit: PAGE_MEMBERS, after });
      members.push(...page);
      if (members.length > PLAN_MEMBERS_MAX) return undefined;
      if (page.length < PAGE_MEMBERS) return members;
    }
  }

  async function planOf(
    provider: ConfiguredProvider,
    draft: MessageDraft,
    named: Named,
    chunks: readonly NewChunk[] | undefined,
    asksVendors: boolean,
  ): Promise<ProviderPlan> {
    const targets = chunks === undefined ? undefined : targetsOf(chunks, provider.name);
    const first = chunks?.find((chunk) => chunk.provider === provider.name);
    const sample = first?.targets[0];
    const message = toMessage(draft, provider, named, first?.rendering ?? null);
    const purpose = sample?.bare?.purpose ?? 'alert';
    const payload = isPreviewable(provider) ? provider.preview(message, purpose, house.clock.now()) : undefined;
    const vendor = asksVendors ? await askVendor(draft.app, provider.name, message, sample) : undefined;
    return {
      provider: provider.name,
      ...(targets === undefined ? {} : { devices: targets.length }),
      sampleDevice: sample === undefined || sample.bare !== undefined ? null : sample.key,
      ...(payload === undefined ? {} : { payload }),
      ...(vendor === undefined ? {} : { vendor }),
    };
  }
}

function targetsOf(chunks: readonly NewChunk[], provider: string | null): readonly NewChunk['targets'][number][] {
  return chunks.filter((chunk) => chunk.provider === provider).flatMap((chunk) => chunk.targets);
}

/** One entry per provider that a step leads over, in the order of the route. */
function stepsOf(
  steps: readonly RouteStep[],
  roads: readonly Road[],
  chunks: readonly NewChunk[] | undefined,
): StepPlan[] {
  return steps.flatMap(({ via }, step): StepPlan[] => {
    const begin = chunks?.filter((chunk) => (chunk.step ?? 0) === step && chunk.targets[0]?.bare === undefined) ?? [];
    const names =
      via === NATIVE ? roads.filter(({ nativeFor }) => nativeFor.length > 0).map(({ name }) => name) : [via];
    const plans = names.map((provider) => {
      const devices = targetsOf(begin, provider).length;
      return { via, provider, ...(chunks === undefined ? {} : { devices }) };
    });
    // Of the native ones those are told that somebody begins at.
    const told = via === NATIVE ? plans.filter(({ devices }) => devices !== 0) : plans;
    return told.length > 0 ? told : [{ via, provider: null, ...(chunks === undefined ? {} : { devices: 0 }) }];
  });
}
