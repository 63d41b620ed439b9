import type { Clock } from '../domain/time.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { Log } from '../ports/log.js';
import type { Finished, MailboxOpening, MailboxRequest, MailboxStore, WaitingLetter } from '../ports/mailbox-store.js';
import type { Recorded } from '../ports/receipt-store.js';
import type { UpstreamAdded, UpstreamBatch, UpstreamStore } from '../ports/upstream-store.js';
import { MicroBatch } from '../usecases/micro-batch.js';
import type { RecordTold, ToldEvent } from '../usecases/record-told.js';
import { persist } from './persist.js';
import type { MailItem, Parcel } from './session-house.js';
import { SharedBody } from './wire.js';

const WINDOW_MS = 3;
/** Nobody waits for it. */
const SEEN_WINDOW_MS = 100;
/** In a storm of clients that come back, one call of the store lets in dozens of them; a single one waits for nobody. */
const STORM = { perSecond: 100, windowMs: 50 };
const ITEMS_MAX = 500;
/** Entries of the log that are read at once; all connections that stand at the same place share them. */
const LOG_ENTRIES_MAX = 100;

export interface StoreDeskParts {
  readonly mailboxes: MailboxStore;
  readonly recordTold: RecordTold;
  readonly upstream: UpstreamStore;
  readonly devices: Pick<DeviceStore, 'seen'>;
  readonly clock: Clock;
  readonly log: Log;
}

type Place = { readonly app: string; readonly device: string };

/** What connections ask of the stores, gathered over all of them. */
export interface StoreDesk {
  open(request: MailboxRequest): Promise<MailboxOpening>;
  /** Highest `n` of the stream that is safe; 0 where it is not known. */
  safe(stream: Place & { readonly stream: string }): Promise<number>;
  read(
    request: MailboxRequest & { readonly except: readonly number[]; readonly limit: number },
  ): Promise<readonly MailItem[]>;
  /** At most `LOG_ENTRIES_MAX`, oldest first. */
  readLog(app: string, after: number): Promise<readonly Parcel[]>;
  /** @returns those that were for this device. Repeated while the store is away. */
  done(finished: Finished): Promise<readonly string[]>;
  /** Repeated while the store is away, as the others below. */
  told(told: Place & { readonly clears: readonly number[]; readonly lost: number }): Promise<void>;
  dropped(dropped: Place & { readonly messages: readonly string[] }): Promise<void>;
  record(events: readonly ToldEvent[]): Promise<readonly Recorded[]>;
  add(batch: UpstreamBatch): Promise<UpstreamAdded>;
  /** Notes that a device was heard of. */
  seen(place: Place): Promise<void>;
}

export function createStoreDesk({ mailboxes, recordTold, upstream, devices, clock, log }: StoreDeskParts): StoreDesk {
  const options = { windowMs: WINDOW_MS, itemsMax: ITEMS_MAX, runningMax: 1 };
  const batch = <Item, Result>(what: string, run: (items: readonly Item[]) => Promise<readonly Result[]>) =>
    new MicroBatch<Item, Result>((items) => persist(what, log, () => run(items)), options);

  const openAll = (items: readonly MailboxRequest[]) => mailboxes.open(items, clock.now());
  const opens = new MicroBatch<MailboxRequest, MailboxOpening>(openAll, options);
  const stormOpens = new MicroBatch<MailboxRequest, MailboxOpening>(openAll, { ...options, windowMs: STORM.windowMs });
  let second = 0;
  let inSecond = 0;
  /** Whether so many have come within this second that those to come are gathered for longer. */
  function isStorm(): boolean {
    const now = Math.floor(clock.now() / 1_000);
    if (now !== second) {
      // The second before counts a little longer, or a storm would pause at each turn of the second.
      inSecond = now === second + 1 && inSecond > STORM.perSecond ? STORM.perSecond : 0;
      second = now;
    }
    return ++inSecond > STORM.perSecond;
  }
  const streams = new MicroBatch<Place & { stream: string }, number>((items) => upstream.safe(items), options);
  const reads = new MicroBatch<Parameters<StoreDesk['read']>[0], readonly MailItem[]>(
    async (items) => {
      const found = await mailboxes.read(items, clock.now());
      const bodies = new Map<string, SharedBody>();
      return found.map((letters) => letters.map((item) => ('clear' in item ? item : parcelOf(item, bodies))));
    },
    { ...options, runningMax: 2 },
  );
  const finishes = batch<Finished, readonly string[]>('done', (items) => mailboxes.done(items, clock.now()));
  const tellings = batch<Parameters<StoreDesk['told']>[0], undefined>('told', async (items) => {
    const cleared = items.flatMap(({ app, device, clears }) =>
      clears.length === 0 ? [] : [{ app, device, positions: clears }],
    );
    const gaps = items.filter(({ lost }) => lost > 0).map(({ app, device, lost }) => ({ app, device, lost }));
    if (cleared.length > 0) await mailboxes.cleared(cleared);
    if (gaps.length > 0) await mailboxes.gapTold(gaps);
    return items.map(() => undefined);
  });
  const drops = batch<Parameters<StoreDesk['dropped']>[0], undefined>('dropped', async (items) => {
    await mailboxes.dropped(items, clock.now());
    return items.map(() => undefined);
  });
  const records = batch<ToldEvent, Recorded>('record', recordTold);
  const adds = batch<UpstreamBatch, UpstreamAdded>('upstream', (items) => upstream.add(items, clock.now()));

  const seens = new MicroBatch<Place, undefined>(
    async (items) => {
      await devices.seen(items, clock.now());
      return items.map(() => undefined);
    },
    { ...options, windowMs: SEEN_WINDOW_MS },
  );

  /** Reads under way, by app and place. */
  const logReads = new Map<string, Promise<readonly Parcel[]>>();

  async function readLogOnce(app: string, after: number): Promise<readonly Parcel[]> {
    const bodies = new Map<string, SharedBody>();
    const entries = await mailboxes.readLog(app, after, LOG_ENTRIES_MAX, clock.now());
    return entries.map((entry) => parcelOf(entry, bodies));
  }

  return {
    open: (request) => (isStorm() ? stormOpens : opens).add(request),
    safe: (stream) => streams.add(stream),
    read: (request) => reads.add(request),
    readLog(app, after) {
      const key = `${after} ${app}`;
      const known = logReads.get(key);
      if (known !== undefined) return known;
      const reading = readLogOnce(app, after).finally(() => logReads.delete(key));
      logReads.set(key, reading);
      return reading;
    },
    done: (finished) => finishes.add(finished),
    told: (told) => tellings.add(told),
    dropped: (dropped) => drops.add(dropped),
    record: (list) => Promise.all(list.map((event) => records.add(event))),
    add: (added) => adds.add(added),
    seen: ({ app, device }) => seens.add({ app, device }),
  };
}

/** One body for all devices of a read that get the same letter. */
function parcelOf({ body, ...letter }: WaitingLetter, bodies: Map<string, SharedBody>): Parcel {
  const shared = bodies.get(body) ?? new SharedBody(body);
  bodies.set(body, shared);
  return { ...letter, body: shared };
}
