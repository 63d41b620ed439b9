/** An app's server that sends over the realtime road while gateways die under it, and keeps what the checker must know. */
import type { Wanted } from './realtime-checker.js';
import type { Dice } from './realtime-fleet/dice.js';
import { type Caller, createCaller } from './world.js';

export interface SenderOptions {
  readonly key: string;
  readonly devices: readonly { readonly device: string; readonly user: string | null }[];
  readonly dice: Dice;
  /** Between two messages to everyone. */
  readonly everyMs: number;
  /** Between two messages to some. */
  readonly someMs: number;
}

export interface Sender {
  /** Where the gateway listens now; none while there is none. */
  lead(url: string | undefined): void;
  /** Sends no more, and resolves when every message has its 202. */
  stop(): Promise<readonly Wanted[]>;
}

const RETRY_MS = 100;
const SOME = 10;
/** How long a message is asked after until all of it lies in mailboxes. */
const ASK_MS = 3_000;

interface MessageAnswer {
  readonly id: string;
  readonly counts: { readonly queued: number };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function startSender({ key, devices, dice, everyMs, someMs }: SenderOptions): Sender {
  const wanted: Wanted[] = [];
  let call: Caller | undefined;
  let isOver = false;
  let sent = 0;

  /** Asks until there is an answer: an idempotency key makes the repetition harmless. */
  async function persist(body: object): Promise<string> {
    const headers = { 'idempotency-key': `chaos-${++sent}` };
    for (;;) {
      const answer = await call?.<{ readonly id: string }>('POST', '/v1/messages', body, headers).catch(
        () => undefined,
      );
      if (answer?.status === 202) return answer.body.id;
      if (answer !== undefined && answer.status < 500 && answer.status !== 429 && answer.status !== 409)
        throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      await pause(RETRY_MS);
    }
  }

  async function toEveryone(): Promise<void> {
    while (!isOver) {
      const begunAt = performance.now();
      const message = await persist({
        to: 'everyone',
        notification: { title: 'All' },
        delivery: { route: 'online_only', ttl: '1h' },
      });
      // A 202 says that it is in the log.
      const putAt = performance.now();
      for (const { device } of devices) wanted.push({ message, device, user: null, stream: 'log', begunAt, putAt });
      await pause(everyMs);
    }
  }

  async function toSome(): Promise<void> {
    while (!isOver) {
      const begunAt = performance.now();
      const from = Math.floor(dice.next() * devices.length);
      const chosen = devices.slice(from, from + SOME);
      const message = await persist({
        to: { devices: chosen.map(({ device }) => device) },
        notification: { title: 'Some' },
        delivery: { route: 'online_only', ttl: '1h' },
      });
      const place = wanted.length;
      for (const { device, user } of chosen) wanted.push({ message, device, user, stream: 'mailbox', begunAt });
      const putAt = dice.happens(0.2) ? await whenPut(message) : undefined;
      if (putAt !== undefined)
        for (let at = place; at < place + chosen.length; at++) {
          const one = wanted[at];
          if (one?.message === message) wanted[at] = { ...one, putAt };
        }
      await pause(someMs);
    }
  }

  /** When it was known that the message lies in every mailbox; undefined where that was not found out in time. */
  async function whenPut(message: string): Promise<number | undefined> {
    for (const until = performance.now() + ASK_MS; performance.now() < until; await pause(RETRY_MS)) {
      const answer = await call?.<MessageAnswer>('GET', `/v1/messages/${message}`).catch(() => undefined);
      if (answer?.status === 200 && answer.body.counts.queued === 0) return performance.now();
    }
    return undefined;
  }

  let running: Promise<unknown> | undefined;
  return {
    lead(url) {
      call = url === undefined ? undefined : createCaller(url, key);
      running ??= Promise.all([toEveryone(), toSome(), toSome()]);
    },
    async stop() {
      isOver = true;
      await running;
      return wanted;
    },
  };
}
