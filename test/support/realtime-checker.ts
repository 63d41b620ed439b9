/**
 * Judges what a crowd of devices was handed over the realtime road: every message once and in order, to the right
 * person, and every loss announced. Pure: it knows what was sent and what apps saw, and asks no gateway.
 */

/** A message that one device was to be handed. */
export interface Wanted {
  readonly message: string;
  readonly device: string;
  /** Whom it was for; `null` for whoever uses the device. */
  readonly user: string | null;
  /** Order is kept inside a stream: the device's mailbox, or the log for everyone. */
  readonly stream: 'mailbox' | 'log';
  /** When the sender began to send it. */
  readonly begunAt: number;
  /**
   * When the sender knew that it lay in its stream; absent where nobody found out. Whatever was begun later comes after
   * it. Two messages that were under way at the same time may come in either order.
   */
  readonly putAt?: number;
}

/** What a device's side tells, in the order in which it happened there. */
export type Happening =
  /** The app's handler got it, after the client left out what it had handed over before. */
  | { readonly kind: 'handed'; readonly device: string; readonly user: string | null; readonly message: string }
  | {
      readonly kind: 'gap';
      readonly device: string;
      readonly count: number;
      readonly reason: 'mailbox_full' | 'mailbox_reset';
    };

export type FaultKind =
  /** Never handed over, and no gap tells of it. */
  | 'lost_in_silence'
  | 'handed_twice'
  /** Handed over after something that was begun when this one was already there. */
  | 'out_of_order'
  | 'wrong_user'
  /** Handed to a device that it was not for. */
  | 'not_wanted'
  /** A gap tells of more messages than are missing. */
  | 'gap_of_nothing';

export interface Fault {
  readonly kind: FaultKind;
  readonly device: string;
  readonly message?: string;
  readonly detail?: string;
}

export interface RealtimeVerdict {
  readonly wanted: number;
  readonly handed: number;
  /** Not handed over, and announced. */
  readonly announced: number;
  readonly faults: readonly Fault[];
}

/** Judges a whole history. `happenings` of one device stand in the order in which they happened; devices may be mixed. */
export function judgeRealtime(wanted: readonly Wanted[], happenings: readonly Happening[]): RealtimeVerdict {
  const wantedBy = groupBy(wanted, ({ device }) => device);
  const happenedTo = groupBy(happenings, ({ device }) => device);
  const faults: Fault[] = [];
  let handed = 0;
  let announced = 0;
  for (const device of new Set([...wantedBy.keys(), ...happenedTo.keys()])) {
    const one = judgeDevice(device, wantedBy.get(device) ?? [], happenedTo.get(device) ?? []);
    faults.push(...one.faults);
    handed += one.handed;
    announced += one.announced;
  }
  return { wanted: wanted.length, handed, announced, faults };
}

function judgeDevice(device: string, wanted: readonly Wanted[], happenings: readonly Happening[]) {
  const faults: Fault[] = [];
  const wantedOf = new Map(wanted.map((one) => [one.message, one]));
  const seen = new Set<string>();
  /** By stream, the message handed so far that was begun last. */
  const latest = new Map<Wanted['stream'], Wanted>();
  let told = 0;
  let reset = false;
  for (const happening of happenings) {
    if (happening.kind === 'gap') {
      told += happening.count;
      reset ||= happening.reason === 'mailbox_reset';
      continue;
    }
    const { message, user } = happening;
    const want = wantedOf.get(message);
    if (want === undefined) {
      faults.push({ kind: 'not_wanted', device, message });
      continue;
    }
    if (want.user !== null && want.user !== user)
      faults.push({ kind: 'wrong_user', device, message, detail: `for ${want.user}, shown to ${user}` });
    if (seen.has(message)) {
      faults.push({ kind: 'handed_twice', device, message });
      continue;
    }
    seen.add(message);
    const last = latest.get(want.stream);
    if (last !== undefined && want.putAt !== undefined && want.putAt <= last.begunAt)
      faults.push({ kind: 'out_of_order', device, message, detail: `after ${last.message}` });
    if (last === undefined || want.begunAt > last.begunAt) latest.set(want.stream, want);
  }
  const missing = wanted.filter(({ message }) => !seen.has(message));
  const silent = reset ? 0 : Math.max(0, missing.length - told);
  // Which of the missing the gaps were about nobody can know; the oldest go first when a mailbox is full.
  for (const { message } of missing.slice(missing.length - silent)) {
    faults.push({ kind: 'lost_in_silence', device, message, detail: `${missing.length} missing, ${told} announced` });
  }
  if (told > missing.length)
    faults.push({ kind: 'gap_of_nothing', device, detail: `${told} announced, ${missing.length} missing` });
  return { faults, handed: seen.size, announced: missing.length - silent };
}

function groupBy<T>(list: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

/** The first faults as text, and how many there are of each kind. */
export function tellFaults({ faults }: RealtimeVerdict, most = 10): string {
  const counts = new Map<FaultKind, number>();
  for (const { kind } of faults) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const sums = [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
  return [sums, ...faults.slice(0, most).map((fault) => JSON.stringify(fault))].join('\n');
}
