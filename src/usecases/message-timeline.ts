import { badCursor, decodeCursor, encodeCursor, isKey } from '../domain/cursor.js';
import { type Attempt, type Delivery, type DeliveryState, isEnd, RISING_STATES } from '../domain/delivery.js';
import type { EpochMs } from '../domain/time.js';
import type { HistoryStore } from '../ports/history-store.js';
import type { MessageStore, MessageView } from '../ports/message-store.js';
import type { Page, PageRequest } from '../ports/page.js';

/** So many deliveries are read whole and told in order of time; of more, device by device. */
export const TIMELINE_SORTED_MAX = 1_000;
/** Deliveries read at a time of a larger message. */
const DELIVERIES_PER_LOOK = 200;

/** One thing that happened to a message, or to its delivery to one device. */
export interface TimelineEntry {
  readonly at: EpochMs;
  readonly event:
    | `message.${'accepted' | 'canceled' | 'completed'}`
    | 'delivery.attempted'
    | `delivery.${DeliveryState}`;
  /** Absent for an event of the message. */
  readonly delivery?: Delivery;
  /** Of `delivery.attempted`. */
  readonly attempt?: Attempt;
}

export interface MessageTimeline {
  /**
   * What happened to a message and its devices: in order of time for up to 1,000 devices, and for one alone; of a larger
   * message, or one still being planned, device by device in key order, each by time, between what happened to the
   * message itself. What stood there when paging begins is given exactly once, also when more happens meanwhile.
   *
   * @param device only this device's entries, beside the message's own
   * @returns undefined for an unknown message or another app's
   * @throws GatewayError `validation_failed` for a cursor of another list
   */
  page(
    app: string,
    message: string,
    page: PageRequest & { readonly device?: string },
  ): Promise<Page<TimelineEntry> | undefined>;
}

/** Where an entry stands; entries of one order compare part by part. */
type Place = readonly (string | number)[];

interface Placed {
  readonly place: Place;
  readonly entry: TimelineEntry;
  /** Key of the delivery before this one, from which a later page reads on. */
  readonly after: string;
}

/** What a cursor holds: the order, the key to read on from, and the place of the last entry given. */
interface Mark {
  readonly order: 'time' | 'device';
  readonly after: string;
  readonly place: Place;
}

export function createMessageTimeline(house: {
  readonly messages: Pick<MessageStore, 'view'>;
  readonly history: Pick<HistoryStore, 'after' | 'delivery'>;
}): MessageTimeline {
  const { messages, history } = house;

  return {
    async page(app, id, { limit, cursor, device }) {
      const list = `message_timeline.${id}.${device ?? ''}`;
      const mark = parseMark(list, cursor);
      const view = await messages.view(app, id);
      if (view === undefined) return undefined;
      const isSmall = device !== undefined || (view.planned && view.devices <= TIMELINE_SORTED_MAX);
      const order = mark?.order ?? (isSmall ? 'time' : 'device');
      const placed =
        order === 'time'
          ? await byTime(view, device, mark)
          : await byDevice(view, limit + 1, mark ?? { order, after: '', place: BEFORE_ALL });
      const shown = placed.slice(0, limit);
      const items = shown.map(({ entry }) => entry);
      const last = shown.at(-1);
      if (placed.length <= limit || last === undefined) return { items };
      return { items, nextCursor: encodeCursor(list, JSON.stringify([order, last.after, last.place])) };
    },
  };

  async function byTime(view: MessageView, device: string | undefined, mark: Mark | undefined): Promise<Placed[]> {
    const placed = eventsOf(view).map(({ rank, entry }) => ({ entry, place: [entry.at, rank, '', 0], after: '' }));
    for (const delivery of await readAll(view, device)) {
      for (const { entry, nth } of entriesOf(delivery)) {
        placed.push({ entry, place: [entry.at, RANK.delivery, delivery.key, nth], after: '' });
      }
    }
    return placed.sort((a, b) => compare(a.place, b.place)).filter(isBehind(mark));
  }

  async function readAll(view: MessageView, device: string | undefined): Promise<readonly Delivery[]> {
    if (device === undefined) return history.after(view.app, view.id, '', TIMELINE_SORTED_MAX);
    const found = await history.delivery(view.app, view.id, device);
    return found === undefined ? [] : [found];
  }

  /** The next `wanted` entries; fewer only at the end. */
  async function byDevice(view: MessageView, wanted: number, mark: Mark): Promise<Placed[]> {
    const events = eventsOf(view).map(({ rank, entry }) => ({ entry, place: [orderless(rank), '', entry.at, rank] }));
    let after = mark.after;
    const placed: Placed[] = [];
    const add = (entries: readonly Omit<Placed, 'after'>[], key: string) =>
      placed.push(...entries.map((each) => ({ ...each, after: key })).filter(isBehind(mark)));
    add(
      events.filter(({ place }) => compare(place, [RANK.delivery]) < 0),
      after,
    );
    const look = Math.min(DELIVERIES_PER_LOOK, wanted); // every delivery has an entry at least
    while (placed.length < wanted) {
      const batch = await history.after(view.app, view.id, after, look);
      for (const delivery of batch) {
        const entries = entriesOf(delivery);
        add(
          entries.map(({ entry, nth }) => ({ entry, place: [RANK.delivery, delivery.key, entry.at, nth] })),
          after,
        );
        after = delivery.key;
      }
      if (batch.length < look) {
        add(
          events.filter(({ place }) => compare(place, [RANK.delivery]) > 0),
          after,
        );
        break;
      }
    }
    return placed;
  }
}

const BEFORE_ALL: Place = [-1];

/** What stands first where times are equal. */
const RANK = { accepted: 0, canceled: 1, delivery: 2, completed: 3 } as const;

/** Beside devices in key order, what happened to the message in the end stands behind them. */
function orderless(rank: number): number {
  return rank === RANK.accepted ? rank : RANK.completed;
}

function eventsOf(view: MessageView): { readonly rank: number; readonly entry: TimelineEntry }[] {
  const { createdAt, canceledAt, completedAt } = view;
  return [
    { rank: RANK.accepted, entry: { at: createdAt, event: 'message.accepted' } },
    ...(canceledAt === undefined
      ? []
      : [{ rank: RANK.canceled, entry: { at: canceledAt, event: 'message.canceled' as const } }]),
    ...(completedAt === undefined
      ? []
      : [{ rank: RANK.completed, entry: { at: completedAt, event: 'message.completed' as const } }]),
  ];
}

/**
 * A delivery's entries by time; `nth` counts those of the same millisecond. Places stay what they are while more
 * attempts are recorded and the oldest are dropped.
 */
function entriesOf(delivery: Delivery): { readonly entry: TimelineEntry; readonly nth: number }[] {
  const { state, attempts, queuedAt, settledAt } = delivery;
  const entries: TimelineEntry[] = [{ at: queuedAt, event: 'delivery.queued', delivery }];
  for (const attempt of attempts) entries.push({ at: attempt.at, event: 'delivery.attempted', delivery, attempt });
  const risen = {
    sent: delivery.sentAt,
    delivered: delivery.deliveredAt,
    displayed: delivery.displayedAt,
    opened: delivery.openedAt,
  };
  for (const rising of RISING_STATES) {
    // The state it is in stands there also where nobody knows since when.
    const at = risen[rising] ?? (state === rising ? (settledAt ?? queuedAt) : undefined);
    if (at !== undefined) entries.push({ at, event: `delivery.${rising}`, delivery });
  }
  if (isEnd(state)) entries.push({ at: settledAt ?? queuedAt, event: `delivery.${state}`, delivery });
  const sameTime = new Map<EpochMs, number>();
  return entries
    .map((entry) => {
      const nth = sameTime.get(entry.at) ?? 0;
      sameTime.set(entry.at, nth + 1);
      return { entry, nth };
    })
    .sort((a, b) => a.entry.at - b.entry.at || a.nth - b.nth);
}

function isBehind(mark: Mark | undefined) {
  return ({ place }: { readonly place: Place }) => mark === undefined || compare(place, mark.place) > 0;
}

function compare(a: Place, b: Place): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [one, other] = [a[i] ?? 0, b[i] ?? 0];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

function parseMark(list: string, cursor: string | undefined): Mark | undefined {
  const text = decodeCursor(list, cursor);
  if (text === undefined) return undefined;
  const parts = readJson(text);
  if (!Array.isArray(parts)) throw badCursor();
  const [order, after, place]: unknown[] = parts;
  if ((order !== 'time' && order !== 'device') || !isKey(after) || !isPlace(place)) throw badCursor();
  return { order, after, place };
}

function isPlace(parts: unknown): parts is Place {
  return Array.isArray(parts) && parts.length === 4 && parts.every((part) => typeof part === 'number' || isKey(part));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
