import type { HandedState, LiveLetter, LiveRoad } from '../../providers/contract.js';
import type { Clock } from '../domain/time.js';
import type { LiveBus } from '../ports/live-bus.js';
import type { Addressee, MailboxStore, Posted, Posting } from '../ports/mailbox-store.js';
import type { MessageStore } from '../ports/message-store.js';
import { MicroBatch } from './micro-batch.js';

/** Letters that windows put at the same time, and copies of them in one statement of the store. */
const POSTINGS_MAX = 64;
const COPIES_MAX = 1_000;

/** Mailboxes and connections as the provider of an app sends over them. */
export function createLiveRoads(house: {
  readonly messages: Pick<MessageStore, 'canceled'>;
  readonly mailboxes: Pick<MailboxStore, 'put' | 'append'>;
  readonly bus: Pick<LiveBus, 'online' | 'offer' | 'announce'>;
  readonly clock: Clock;
}): (app: string) => LiveRoad {
  const { messages, mailboxes, bus, clock } = house;
  const posts = new MicroBatch<Posting, readonly Posted[]>(putAll, {
    windowMs: 1,
    itemsMax: POSTINGS_MAX,
    runningMax: 1,
  });

  /** However large the windows that met are, no statement is. */
  async function putAll(postings: readonly Posting[]): Promise<readonly (readonly Posted[])[]> {
    const posted: (readonly Posted[])[] = [];
    for (const part of inParts(postings)) posted.push(...(await mailboxes.put(part, clock.now())));
    return posted;
  }

  return (app) => ({
    async hand(letter, to, waitMs, signal) {
      const states: HandedState[] = new Array(to.length).fill('offline');
      // Whoever is offline gets nothing of a letter that is not kept.
      const online = letter.keep
        ? undefined
        : await bus.online(
            app,
            to.map(({ device }) => device),
          );
      const places = [...to.keys()].filter((at) => online === undefined || online.has(to[at]?.device ?? ''));
      const wanted = places.flatMap((at) => to[at] ?? []);
      if (wanted.length === 0) return states;
      const posted = await posts.add({ app, ...shared(letter), show: true, to: wanted });
      const offered: {
        readonly at: number;
        readonly device: string;
        readonly user: string | null;
        readonly position: number;
      }[] = [];
      for (const [n, at] of places.entries()) {
        const found: Posted = posted[n] ?? { kind: 'no_mailbox' };
        const { device } = wanted[n] as Addressee; // as many as places
        if ('position' in found) offered.push({ at, device, user: found.user, position: found.position });
        else states[at] = found.kind === 'gone' ? found.why : found.kind;
      }
      if (offered.length === 0) return states;
      const { message, body, expiresAt } = letter;
      const copies = offered.map(({ device, user, position }) => ({ device, user, position }));
      const offering = bus.offer({ app, message, body, expiresAt, show: true, to: copies }, waitMs);
      const answers = await unlessAborted(offering, signal);
      for (const [n, { at }] of offered.entries()) states[at] = answers?.[n] ?? 'handed';
      return states;
    },

    async announce(letter) {
      const { position, mailboxes: devices } = await mailboxes.append({ app, ...shared(letter) }, clock.now());
      const { message, body, expiresAt } = letter;
      // Whoever reads the log does not find it then.
      const isCanceled = (await messages.canceled([message])).has(message);
      if (!isCanceled) await bus.announce({ app, message, body, expiresAt, position });
      return devices;
    },
  });
}

function shared({ message, body, collapseKey, expiresAt }: Omit<LiveLetter, 'keep'>) {
  return { message, body, expiresAt, ...(collapseKey === undefined ? {} : { collapseKey }) };
}

function* inParts(postings: readonly Posting[]): Generator<readonly Posting[]> {
  let part: Posting[] = [];
  let copies = 0;
  for (const posting of postings) {
    if (part.length > 0 && copies + posting.to.length > COPIES_MAX) {
      yield part;
      part = [];
      copies = 0;
    }
    part.push(posting);
    copies += posting.to.length;
  }
  if (part.length > 0) yield part;
}

/** @returns undefined where whoever asked gave up: what was offered is under way all the same */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  let stop = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
