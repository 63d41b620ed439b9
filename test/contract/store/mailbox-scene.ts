import type { MailboxStore, Posted, WaitingClear, WaitingLetter } from '../../../src/ports/mailbox-store.js';
import { type OpenedStore, Scene } from './scene.js';

/** Devices of one app with mailboxes, and the calls as a test words them. */
export class MailScene extends Scene {
  readonly #opened: OpenedStore;

  constructor(
    opened: OpenedStore,
    readonly store: MailboxStore = opened.mailboxes,
  ) {
    super();
    this.#opened = opened;
  }

  /** Registers devices, `null` for nobody, and has each connect once. */
  async connected(users: Readonly<Record<string, string | null>>): Promise<void> {
    await this.registered(users);
    const requests = Object.entries(users).map(([device, user]) => ({ app: this.app, device, user }));
    const openings = await this.store.open(requests, this.now);
    const closed = openings.find(({ kind }) => kind !== 'open');
    if (closed !== undefined) throw new Error(`a mailbox did not open: ${closed.kind}`);
  }

  async registered(users: Readonly<Record<string, string | null>>): Promise<void> {
    await this.#opened.devices.change(
      Object.entries(users).map(([id, user]) => ({
        app: this.app,
        id,
        fields: { platform: 'ios', user },
        registrations: [],
        mode: 'upsert',
      })),
      this.now,
    );
  }

  async open(device: string, user: string | null, now = this.now) {
    const [opening] = await this.store.open([{ app: this.app, device, user }], now);
    if (opening === undefined) throw new Error('no answer');
    return opening;
  }

  letter(message: string, change: LetterChange = {}) {
    return {
      app: this.app,
      message,
      body: change.body ?? JSON.stringify({ id: message }),
      expiresAt: change.expiresAt ?? this.now + 3_600_000,
      show: change.show ?? true,
      ...(change.collapseKey === undefined ? {} : { collapseKey: change.collapseKey }),
    };
  }

  async put(message: string, devices: readonly string[], change: LetterChange = {}): Promise<readonly Posted[]> {
    const to = devices.map((device) => ({ device }));
    const [posted] = await this.store.put([{ ...this.letter(message, change), to }], change.at ?? this.now);
    if (posted === undefined) throw new Error('no answer');
    return posted;
  }

  async read(device: string, change: { except?: readonly number[]; limit?: number; at?: number } = {}) {
    const { except = [], limit = 100, at = this.now } = change;
    const [waiting] = await this.store.read([{ app: this.app, device, except, limit }], at);
    if (waiting === undefined) throw new Error('no answer');
    return waiting;
  }

  /** Ids of the messages that wait, in order; `-id` for one with `show: false`, `!reason` for a clear. */
  async waiting(device: string, at = this.now): Promise<readonly string[]> {
    return (await this.read(device, { limit: 10_000, at })).map(asWord);
  }

  async done(device: string, messages: readonly string[], at = this.now): Promise<readonly string[]> {
    const [known] = await this.store.done([{ app: this.app, device, messages }], at);
    if (known === undefined) throw new Error('no answer');
    return known;
  }
}

interface LetterChange {
  body?: string;
  expiresAt?: number;
  show?: boolean;
  collapseKey?: string;
  at?: number;
}

function asWord(item: WaitingLetter | WaitingClear): string {
  if ('clear' in item) return `!${item.clear.reason}`;
  return item.show ? item.message : `-${item.message}`;
}
