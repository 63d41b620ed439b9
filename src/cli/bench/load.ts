import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Message, NewMessage, Pealbell } from '../../../sdk/server/src/index.js';

/** A road that bare push tokens can be made up for. */
export type BenchKind = 'apns' | 'fcm';

export interface Load {
  readonly messages: number;
  /** Push tokens that each message names. */
  readonly devicesPerMessage: number;
}

export interface Measured {
  readonly messages: number;
  readonly devices: number;
  /** Messages accepted in a second, while they were being sent. */
  readonly acceptedPerSecond: number;
  /** Milliseconds from a call to its 202. */
  readonly accept: { readonly p50: number; readonly p99: number };
  /** Devices settled in a second, from the first call to the end of the last message. */
  readonly devicesPerSecond: number;
  readonly sent: number;
  /** Ended otherwise than sent. */
  readonly failed: number;
  /** Devices of which the gateway cannot say what became of them. */
  readonly lost: number;
}

/** Calls under way at once. */
const CALLERS = 16;

/** Sends messages to push tokens that nobody has, waits until they are settled, and counts. */
export async function runLoad(
  client: Pealbell,
  provider: { readonly name: string; readonly kind: BenchKind },
  load: Load,
  signal: AbortSignal,
  onSettled: (messages: number) => void,
): Promise<Measured> {
  setMaxListeners(2 * CALLERS, signal); // every call under way listens
  const startedAt = performance.now();
  const latencies: number[] = [];
  const ids = await eachOf(load.messages, async (n) => {
    const message = messageTo(provider, load.devicesPerMessage, n);
    const calledAt = performance.now();
    const { id } = await client.messages.send(message, { signal });
    latencies.push(performance.now() - calledAt);
    return id;
  });
  const acceptedAt = performance.now();
  let settled = 0;
  const ended = await eachOf(ids.length, async (n) => {
    const message = await client.messages.wait(ids[n] ?? '', { signal });
    onSettled(++settled);
    return message;
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const devices = load.messages * load.devicesPerMessage;
  const sum = (read: (message: Message) => number) => ended.reduce((total, message) => total + read(message), 0);
  const sent = sum(({ counts }) => counts.sent);
  const all = sum(({ counts }) => Object.values(counts).reduce((total, count) => total + count, 0));
  latencies.sort((a, b) => a - b);
  const quantile = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? 0;
  return {
    messages: load.messages,
    devices,
    acceptedPerSecond: load.messages / ((acceptedAt - startedAt) / 1_000),
    accept: { p50: quantile(0.5), p99: quantile(0.99) },
    devicesPerSecond: devices / seconds,
    sent,
    failed: all - sent,
    lost: devices - all,
  };
}

/** `work` for 0 to `count`, a few at a time; what one throws ends it. */
async function eachOf<T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const results = new Array<T>(count);
  let next = 0;
  const caller = async () => {
    while (next < count) {
      const n = next++;
      results[n] = await work(n);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CALLERS, count) }, caller));
  return results;
}

function messageTo(
  provider: { readonly name: string; readonly kind: BenchKind },
  devices: number,
  n: number,
): NewMessage {
  const push_tokens = Array.from({ length: devices }, () => ({
    provider: provider.name,
    token: madeUp(provider.kind),
  }));
  return {
    to: { push_tokens },
    class: devices === 1 ? 'transactional' : 'marketing',
    notification: { title: 'Pealbell bench', body: `Message ${n + 1}: ${'x'.repeat(180)}` },
  };
}

/** In the shape of the vendor's. */
function madeUp(kind: BenchKind): string {
  if (kind === 'apns') return randomBytes(32).toString('hex');
  return `${randomBytes(16).toString('base64url')}:${randomBytes(105).toString('base64url')}`;
}
