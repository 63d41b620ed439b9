/** OPPO's protocol, as the frame of vendors asks for it. */
import type { Batch, Outcome, ProviderLimits, Target } from '../contract.js';
import type { Talk, VendorWire } from '../shared/vendor-provider.js';
import { Broadcasts } from './broadcast.js';
import { type Compiled, compile } from './payload.js';
import { type Region, regionOf } from './region.js';
import type { OppoOptions } from './settings.js';
import { type Door, sendUnicastBatch } from './unicast-batch.js';

export interface OppoWireOptions {
  readonly options: OppoOptions;
  readonly limits: ProviderLimits;
  readonly doors: Readonly<Record<Region, Door>>;
  /** Where receipts go. */
  readonly callbackUrl: string | undefined;
}

export function createOppoWire({ options, limits, doors, callbackUrl }: OppoWireOptions): VendorWire<Compiled> {
  const broadcasts = new Broadcasts(options);
  return {
    limits,
    compile: ({ message }: Omit<Batch, 'targets'>) => compile(message, options, callbackUrl),
    groupOf: ({ pushToken }) => regionOf(pushToken),
    async send(compiled: Compiled, targets: readonly Target[], talk: Talk): Promise<readonly Outcome[]> {
      const [first] = targets;
      const door = doors[regionOf(first?.pushToken ?? '')];
      const isMany = options.send === 'broadcast' && targets.length >= options.broadcast_from;
      const outcomes =
        (isMany ? await broadcasts.send(compiled, targets, door, talk) : undefined) ??
        (await sendUnicastBatch(compiled, targets, door, options, talk));
      return compiled.isLowered ? outcomes.map(ofTarget) : outcomes;
    },
  };
}

/** What OPPO says of marketing messages holds no other transactional message up. */
function ofTarget(outcome: Outcome): Outcome {
  return outcome.kind === 'deferred' && outcome.scope === 'class' ? { ...outcome, scope: 'target' } : outcome;
}
