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
      if (options.send === 'broadcast' && targets.length >= options.broadcast_from) {
        const outcomes = await broadcasts.send(compiled, targets, door, talk);
        if (outcomes !== undefined) return outcomes;
      }
      return sendUnicastBatch(compiled, targets, door, options, talk);
    },
  };
}
