import type { DeliveryState } from '../../../domain/delivery.js';
import type { Reason } from '../../../domain/reason.js';
import { COUNTED, COUNTED_ENDS, type Counted } from '../../../domain/stats.js';
import type { OnRoad } from '../../shared/message-roads.js';
import type { Shifts } from '../../shared/message-view.js';
import { SHIFTS } from '../documents/counts.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { NO_PROVIDER } from './count-writes.js';

/** What moved on in the deliveries of one message, of all its parts together. */
export interface Moved {
  readonly shifts: Shifts;
  readonly roads: readonly OnRoad[];
}

/** By message; those of which nothing moved are left out. */
export async function readMoved(db: Database, messages: readonly string[]): Promise<ReadonlyMap<string, Moved>> {
  if (messages.length === 0) return new Map();
  const model = db.of(SHIFTS);
  const filter = { message: op({ $in: [...messages] }) };
  const found = await db.run(() => model.find(filter).select({ message: 1, n: 1 }).lean());
  const moved = new Map<string, Gathered>();
  for (const { message, n = {} } of found) {
    const gathered = moved.get(message) ?? { shifts: { states: {}, reasons: {}, reached: {} }, roads: [] };
    moved.set(message, gathered);
    gather(gathered, n);
  }
  return moved;
}

interface Gathered extends Moved {
  readonly shifts: {
    states: Partial<Record<DeliveryState, number>>;
    reasons: Partial<Record<Reason, number>>;
    reached: Partial<Record<DeliveryState, number>>;
  };
  readonly roads: OnRoad[];
}

function gather({ shifts, roads }: Gathered, n: Readonly<Record<string, Parts>>): void {
  for (const [road, kinds] of Object.entries(n)) {
    add(shifts.states, kinds.state);
    add(shifts.reasons, kinds.reason);
    add(shifts.reached, kinds.reached);
    const provider = road === NO_PROVIDER ? null : road;
    for (const [name, sum] of Object.entries(kinds.reached ?? {})) {
      if (isCounted(name)) roads.push({ provider, name, n: sum });
    }
    for (const name of COUNTED_ENDS) {
      const sum = kinds.state?.[name];
      if (sum !== undefined) roads.push({ provider, name, n: sum });
    }
  }
}

type Parts = Readonly<Partial<Record<string, Readonly<Record<string, number>>>>>;

function isCounted(name: string): name is Counted {
  return COUNTED.some((each) => each === name);
}

/** Names are written by `count-writes.ts` from steps that hold nothing else. */
function add<K extends string>(sum: Partial<Record<K, number>>, more: Readonly<Record<string, number>> = {}): void {
  for (const [name, n] of Object.entries(more)) sum[name as K] = (sum[name as K] ?? 0) + n;
}
