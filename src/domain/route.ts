import type { Platform } from './device.js';
import type { Reason } from './reason.js';

/** What the planner needs to know of a road. */
export interface Road {
  /** Provider name in the app's file. */
  readonly name: string;
  /** Platforms whose own push service this is. */
  readonly nativeFor: readonly string[];
  /** Makers, in lower case, whose own push service it is; absent: it serves devices of every maker. */
  readonly makers?: readonly string[];
}

/**
 * Reasons with which a road ends for a device, and which a step may name. `uncertain` is not among them: what may have
 * arrived is not sent over another road, where nothing keeps it from being shown twice; `on_uncertain` decides.
 */
export const STEP_REASONS = [
  'no_registration',
  'token_invalid',
  'token_wrong_app',
  'payload_rejected',
  'payload_too_large',
  'rate_limited',
  'quota_exceeded',
  'provider_unavailable',
  'credential_rejected',
  'timeout',
  'offline',
  'no_ack',
] as const satisfies readonly Reason[];
export type StepReason = (typeof STEP_REASONS)[number];

/** What a step that names no reasons comes after. */
export const AFTER_DEFAULT: readonly StepReason[] = [
  'no_registration',
  'token_invalid',
  'quota_exceeded',
  'provider_unavailable',
  'offline',
  'no_ack',
];

/** The word for the house's own connection to a device, and the name of the provider behind it. */
export const REALTIME = 'realtime';
/** The word for the own push service of a device's platform. */
export const NATIVE = 'native';
export const STEPS_MAX = 8;
/** Names that routes cannot have: they mean something in every app. */
export const ROUTE_WORDS = ['push_only', 'online_only', 'parallel'] as const;

/** One road of a route. */
export interface RouteStep {
  /** `native`, or a provider's name. */
  readonly via: string;
  /** It runs when the step before ended with one of these; {@link AFTER_DEFAULT} when absent. Of the first step: no meaning. */
  readonly after?: readonly StepReason[];
  /** Of a step over {@link REALTIME}: how long the device's answer is waited for, in milliseconds; 0: not at all. */
  readonly waitMs?: number;
}

/** An entry of an app's routes. */
export interface Route {
  readonly name: string;
  readonly steps: readonly RouteStep[];
}

/** Where a device can be reached. */
export interface Reach {
  readonly platform: Platform;
  /** As the app spells it, such as `Xiaomi`; absent where it does not say. */
  readonly manufacturer?: string;
  /** Providers at which it has a live registration for alerts. */
  readonly providers: readonly string[];
}

/** A step of a route as one device takes it. */
export interface DeviceStep {
  /** Its place in the route, from 0. */
  readonly step: number;
  readonly provider: string;
}

/** How a device's step ended. */
export interface StepEnd {
  readonly step: number;
  readonly reason: Reason;
  /** Providers that were asked already; none of them is asked again. */
  readonly tried: readonly string[];
}

/**
 * Without a route of the app's own: the connection, where the app has that road, the device's own push service, then the
 * others in the order of the app's file, those for every maker's devices first.
 */
export function defaultSteps(roads: readonly Road[]): RouteStep[] {
  const vendors = roads.filter(({ name }) => name !== REALTIME);
  const own = vendors.length < roads.length ? [{ via: REALTIME }] : [];
  const sorted = [...vendors.filter(({ makers }) => !makers), ...vendors.filter(({ makers }) => makers)];
  return [...own, { via: NATIVE }, ...sorted.map(({ name }) => ({ via: name }))];
}

/**
 * The roads that are native to a device: its maker's own, then, where it does not say who made it, those of any maker, since
 * only that maker's devices get addresses from them; then those for every maker's devices; last those of other makers.
 */
function nativeRoads(roads: readonly Road[], { platform, manufacturer }: Reach): readonly Road[] {
  const rank = ({ makers }: Road) => {
    if (makers === undefined) return 2;
    if (manufacturer === undefined) return 1;
    return isMadeBy(manufacturer, makers) ? 0 : 3;
  };
  const native = roads.filter(({ nativeFor }) => nativeFor.includes(platform));
  // Sorting keeps the order of the file among equals.
  return native.every(({ makers }) => makers === undefined) ? native : native.sort((a, b) => rank(a) - rank(b));
}

/** Systems spell one maker in several ways: `HUAWEI`, `Xiaomi Communications Ltd`. */
function isMadeBy(manufacturer: string, makers: readonly string[]): boolean {
  const [first = ''] = manufacturer.trim().toLowerCase().split(/\s/, 1);
  return makers.includes(first);
}

/** The route without the connection: what came after that comes after what came before it. */
export function pushSteps(steps: readonly RouteStep[]): RouteStep[] {
  const push: RouteStep[] = [];
  let passed: readonly StepReason[] = [];
  for (const step of steps) {
    if (step.via === REALTIME) {
      passed = step.after ?? AFTER_DEFAULT;
      continue;
    }
    const { via, after = AFTER_DEFAULT } = step;
    if (push.length === 0) push.push({ via });
    else push.push(passed.length === 0 ? step : { via, after: [...new Set([...after, ...passed])] });
    passed = [];
  }
  return push;
}

/** The connection, and at the same time the route without it. */
export function parallelSteps(steps: readonly RouteStep[]): RouteStep[] {
  const [first, ...others] = pushSteps(steps);
  const push = first === undefined ? [] : [{ ...first, after: STEP_REASONS }, ...others];
  return [{ via: REALTIME, waitMs: 0 }, ...push];
}

/**
 * Where the route leads after a step that ended so; its first step when nothing has ended yet. A step at which the
 * device has no live registration ends at once with `no_registration`; one over {@link REALTIME} with `offline` as well, since
 * a device that never connected is not there either. One whose provider was asked already is passed
 * over as if it did not stand there.
 *
 * @param roads of the app's file as it is now: a provider that is no longer in it reaches nobody
 * @returns undefined when the route ends here
 */
export function nextStep(
  steps: readonly RouteStep[],
  ended: StepEnd | undefined,
  reach: Reach,
  roads: readonly Road[],
): DeviceStep | undefined {
  let reasons: readonly Reason[] = [ended?.reason ?? 'no_registration'];
  for (let step = (ended?.step ?? -1) + 1; step < steps.length; step++) {
    const { via, after = AFTER_DEFAULT } = steps[step] as RouteStep; // in bounds
    const named = via === NATIVE ? nativeRoads(roads, reach) : roads.filter(({ name }) => name === via);
    const untried = named.filter(({ name }) => ended === undefined || !ended.tried.includes(name));
    if (untried.length === 0 && named.length > 0) continue;
    if (step > 0 && !after.some((reason) => reasons.includes(reason))) return undefined;
    const road = untried.find(({ name }) => reach.providers.includes(name));
    if (road !== undefined) return { step, provider: road.name };
    reasons = via === REALTIME ? ['no_registration', 'offline'] : ['no_registration'];
  }
  return undefined;
}
