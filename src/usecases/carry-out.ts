import type { Effect, RegistrationEffect, ShowEffect, StepEffect } from '../domain/chunk.js';
import type { Clock } from '../domain/time.js';
import type { ChunkStore, OwingChunk } from '../ports/chunk-store.js';
import type { MailboxStore } from '../ports/mailbox-store.js';
import type { Lane } from '../ports/work-queue.js';
import type { Retire } from './retire.js';

/** Carries out what chunks owe beyond themselves, and marks it as done. Can be killed at any point and repeated. */
export interface CarryOut {
  /** For chunks that nobody holds any more, or whose holder has written its last word. */
  run(owing: readonly OwingChunk[]): Promise<void>;
}

export function createCarryOut(house: {
  readonly chunks: Pick<ChunkStore, 'addNext' | 'effectsDone'>;
  readonly mailboxes: Pick<MailboxStore, 'hush' | 'unhush'>;
  readonly retire: Retire;
  readonly clock: Clock;
  /** Called after chunks were written. */
  readonly wake: (lane: Lane) => void;
}): CarryOut {
  return {
    async run(owing) {
      if (owing.length === 0) return;
      const next = owing.flatMap(({ id, effects }) => effects.filter(isStep).map((step) => ({ ...step, origin: id })));
      const hushed = owing.flatMap(({ app, effects }) => effects.filter(isStep).flatMap((step) => copiesOf(app, step)));
      // Before a vendor can be asked, or both would show it.
      if (hushed.length > 0) await house.mailboxes.hush(hushed);
      if (next.length > 0) {
        // Whoever waits for another road goes first.
        await house.chunks.addNext(next, house.clock.now());
        house.wake('transactional');
        house.wake('marketing');
      }
      const shown = owing.flatMap(({ app, effects }) => effects.filter(isShow).map((show) => ({ app, ...show })));
      if (shown.length > 0) await house.mailboxes.unhush(shown);
      for (const { app, effects } of owing) await house.retire.apply(app, effects.filter(isOfRegistration));
      await house.chunks.effectsDone(owing);
    },
  };
}

function isStep(effect: Effect): effect is StepEffect {
  return effect.kind === 'step';
}

function isShow(effect: Effect): effect is ShowEffect {
  return effect.kind === 'show';
}

function isOfRegistration(effect: Effect): effect is RegistrationEffect {
  return effect.kind === 'retire' || effect.kind === 'strike';
}

function copiesOf(app: string, { hushes, targets }: StepEffect) {
  return hushes === undefined ? [] : [{ app, message: hushes, devices: targets.map(({ key }) => key) }];
}
