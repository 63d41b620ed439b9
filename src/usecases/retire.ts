import type { RegistrationEffect } from '../domain/chunk.js';
import type { Clock, EpochMs } from '../domain/time.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { Log } from '../ports/log.js';

/** Stops retiring when too much of an app would go at once: that is nearly always a mistake of somebody's. */
export interface BrakePolicy {
  readonly windowMs: number;
  /** Share of an app's live registrations, 0 to 1. */
  readonly share: number;
  /** So many may always go. */
  readonly floor: number;
}

/** Takes dead registrations out of use; restorable, because a tombstone keeps them. */
export interface Retire {
  /** Carries out what chunks owe. Repeating is harmless. */
  apply(app: string, effects: readonly RegistrationEffect[]): Promise<void>;
}

/** The two numbers of the brake are counted at most this often per app. */
const PRESSURE_BELIEVED_MS = 2_000;

export function createRetire(house: {
  readonly devices: Pick<DeviceStore, 'retire' | 'strike' | 'retirementPressure'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly brake: BrakePolicy;
  /** `reason` is `token_invalid`, `token_wrong_app` or `braked`. */
  readonly observe: (provider: string, reason: string, count: number) => void;
}): Retire {
  const { devices, clock, log, brake } = house;
  const pressure = new Map<string, { room: number; asked: EpochMs; told: EpochMs }>();

  /** How many registrations of the app may still be retired in this window. */
  async function roomOf(app: string) {
    const now = clock.now();
    const known = pressure.get(app);
    if (known !== undefined && now - known.asked < PRESSURE_BELIEVED_MS) return known;
    const { live, retired } = await devices.retirementPressure(app, now - brake.windowMs);
    const allowed = Math.max(brake.floor, Math.floor((live + retired) * brake.share));
    const fresh = { room: allowed - retired, asked: now, told: known?.told ?? 0 };
    pressure.set(app, fresh);
    return fresh;
  }

  function tellBrake(app: string, held: number, entry: { told: EpochMs }): void {
    if (clock.now() - entry.told < brake.windowMs) return;
    entry.told = clock.now();
    log.error(
      { app, held, windowMs: brake.windowMs, share: brake.share, floor: brake.floor },
      'registrations.retiring_braked',
    );
  }

  /** Of one app one after the other: two that look at the same room at once would both take it. */
  const queues = new Map<string, Promise<void>>();

  return {
    apply(app, effects) {
      if (effects.length === 0) return Promise.resolve();
      const before = queues.get(app) ?? Promise.resolve();
      const mine = before.then(() => carryOut(app, effects));
      queues.set(
        app,
        mine.catch(() => undefined),
      );
      return mine;
    },
  };

  async function carryOut(app: string, effects: readonly RegistrationEffect[]): Promise<void> {
    const entry = await roomOf(app);
    const allowed = effects.slice(0, Math.max(0, entry.room));
    const held = effects.length - allowed.length;
    if (held > 0) {
      tellBrake(app, held, entry);
      house.observe(effects[0]?.provider ?? '', 'braked', held);
    }
    const retirements = allowed.flatMap((effect) =>
      effect.kind === 'retire'
        ? [
            {
              app,
              provider: effect.provider,
              tokenHash: effect.tokenHash,
              reason: effect.vendorCode ?? 'token_invalid',
              // Where the vendor names no time the attempt's own counts: who registered again since then is alive.
              asOf: effect.asOf ?? effect.at,
            },
          ]
        : [],
    );
    const strikes = allowed.flatMap((effect) =>
      effect.kind === 'strike'
        ? [
            {
              app,
              provider: effect.provider,
              tokenHash: effect.tokenHash,
              reason: effect.vendorCode ?? 'token_wrong_app',
            },
          ]
        : [],
    );
    const retired = await devices.retire(retirements, clock.now());
    const struck = await devices.strike(strikes, clock.now());
    entry.room -= retired + struck;
    if (retired > 0) house.observe(retirements[0]?.provider ?? '', 'token_invalid', retired);
    if (struck > 0) house.observe(strikes[0]?.provider ?? '', 'token_wrong_app', struck);
  }
}
