/** Devices that a test plays: a place on the gateway's own bus, over its own mailboxes, without sockets. */
import { EventEmitter, once } from 'node:events';
import type { ConnectorSeat, LetterOffer, LetterState, LiveBus } from '../../../src/ports/live-bus.js';
import type { MailboxStore } from '../../../src/ports/mailbox-store.js';

/** What it says to a push by itself. */
export type Manner = 'done' | 'got' | 'silent';

export interface Push {
  readonly id: string;
  readonly tag: string;
  readonly show: boolean;
  readonly notification?: Readonly<Record<string, unknown>>;
}

export interface PlayedDevice {
  /** In order; each message once, as a client does it. */
  readonly pushes: readonly Push[];
  /** How often the gateway asked how far a message is, the first time included. */
  asked(message: string): number;
  done(message: string): Promise<void>;
  got(message: string): void;
  /** The connection ends. */
  cut(): Promise<void>;
}

const APP = 'demo';

export class PlayedDevices {
  readonly #mailboxes: MailboxStore;
  readonly #now: () => number;
  readonly #devices = new Map<string, Playing>();
  #seat: ConnectorSeat | undefined;

  private constructor(mailboxes: MailboxStore, now: () => number) {
    this.#mailboxes = mailboxes;
    this.#now = now;
  }

  static async join(bus: LiveBus, mailboxes: MailboxStore, now: () => number): Promise<PlayedDevices> {
    const place = new PlayedDevices(mailboxes, now);
    place.#seat = await bus.join({
      offer: (offer, waitMs) =>
        Promise.all(
          offer.to.map(async (to) => (await place.#devices.get(to.device)?.take(offer, to, waitMs)) ?? 'offline'),
        ),
      tell() {},
      announce() {},
      replaced() {},
    });
    return place;
  }

  /** Connects a device as its user, and pushes what waits for it. */
  async connect(device: string, user: string | null, manner: Manner = 'done'): Promise<PlayedDevice> {
    const [opening] = await this.#mailboxes.open([{ app: APP, device, user }], this.#now());
    if (opening?.kind !== 'open') throw new Error(`${device}: ${opening?.kind}`);
    const playing = new Playing(device, user, manner, this.#mailboxes, this.#now, async () => {
      this.#devices.delete(device);
      await this.#seat?.gone(APP, device);
    });
    this.#devices.set(device, playing);
    await this.#seat?.here(APP, device);
    const [waiting = []] = await this.#mailboxes.read([{ app: APP, device, except: [], limit: 100 }], this.#now());
    for (const letter of waiting) if ('body' in letter) playing.push(letter.message, letter.body, letter.show);
    return playing;
  }
}

class Playing implements PlayedDevice {
  readonly pushes: Push[] = [];
  readonly #states = new Map<string, LetterState>();
  readonly #asked = new Map<string, number>();
  readonly #news = new EventEmitter();
  readonly #device: string;
  readonly #user: string | null;
  readonly #manner: Manner;
  readonly #mailboxes: MailboxStore;
  readonly #now: () => number;
  readonly #leave: () => Promise<void>;

  constructor(
    device: string,
    user: string | null,
    manner: Manner,
    mailboxes: MailboxStore,
    now: () => number,
    leave: () => Promise<void>,
  ) {
    this.#device = device;
    this.#user = user;
    this.#manner = manner;
    this.#mailboxes = mailboxes;
    this.#now = now;
    this.#leave = leave;
  }

  asked(message: string): number {
    return this.#asked.get(message) ?? 0;
  }

  async take(offer: LetterOffer, to: LetterOffer['to'][number], waitMs: number): Promise<LetterState> {
    if (to.user !== this.#user) return 'offline';
    this.#asked.set(offer.message, this.asked(offer.message) + 1);
    this.push(offer.message, offer.body, offer.show);
    const deadline = AbortSignal.timeout(Math.max(1, waitMs));
    try {
      while (this.#states.get(offer.message) !== 'done') await once(this.#news, 'done', { signal: deadline });
    } catch {
      // The time is up.
    }
    return this.#states.get(offer.message) ?? 'handed';
  }

  push(message: string, body: string, show: boolean): void {
    if (this.#states.has(message)) return;
    this.#states.set(message, 'handed');
    this.pushes.push({ ...(JSON.parse(body) as Omit<Push, 'show'>), show });
    if (this.#manner === 'got') this.got(message);
    if (this.#manner === 'done') void this.done(message);
  }

  got(message: string): void {
    this.#states.set(message, 'got');
  }

  async done(message: string): Promise<void> {
    await this.#mailboxes.done([{ app: APP, device: this.#device, messages: [message] }], this.#now());
    this.#states.set(message, 'done');
    this.#news.emit('done');
  }

  async cut(): Promise<void> {
    await this.#leave();
    const open = [...this.#states].filter(([, state]) => state !== 'done').map(([message]) => message);
    if (open.length === 0) return;
    await this.#mailboxes.dropped([{ app: APP, device: this.#device, messages: open }], this.#now());
  }
}
