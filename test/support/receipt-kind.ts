/** A small vendor that tells of receipts, and the provider kind for it: the frame of callbacks, without anybody's protocol. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import {
  type Batch,
  type CallbackReading,
  type CallbackRequest,
  InvalidInputError,
  type Message,
  type Misfit,
  type Outcome,
  type Provider,
  type ProviderEnv,
  type ProviderKind,
  type PushToken,
  type ReceiptReading,
  type VendorReceipt,
} from '../../providers/contract.js';

export const POSTBOX_LIMITS = { batchTargetsMax: 20, payloadBytesMax: 4_096, ttlSecondsMax: 86_400 };
const TOKEN = /^box-[a-z0-9]{1,40}$/;
/** A signature is good for so long: a call that is heard later is somebody's who kept it. */
const SIGNED_MS_MAX = 5 * 60_000;

const options = z.strictObject({ endpoint: z.url(), secret: z.string() });
export type PostboxOptions = z.infer<typeof options>;

const body = z.object({
  receipts: z.array(
    z.object({
      receipt: z.string(),
      id: z.string().optional(),
      ours: z.string().optional(),
      state: z.enum(['delivered', 'displayed', 'opened']),
      at: z.number().optional(),
    }),
  ),
});

/** What the vendor sends, and how it signs it. */
export function signedReceipts(secret: string, receipts: readonly unknown[], atMs: number) {
  const text = JSON.stringify({ receipts });
  const time = String(Math.floor(atMs / 1_000));
  return { body: text, headers: { 'x-postbox-time': time, 'x-postbox-signature': sign(secret, time, text) } };
}

function sign(secret: string, time: string, text: string | Uint8Array): string {
  return createHmac('sha256', secret).update(`${time}.`).update(text).digest('hex');
}

export function readPostboxReceipts(request: CallbackRequest, { secret }: { secret: string }): CallbackReading {
  const time = request.headers['x-postbox-time'] ?? '';
  const given = Buffer.from(request.headers['x-postbox-signature'] ?? '');
  const right = Buffer.from(sign(secret, time, request.body));
  const age = Math.abs(request.receivedAt - Number(time) * 1_000);
  if (given.length !== right.length || !timingSafeEqual(given, right) || !(age <= SIGNED_MS_MAX)) {
    return { kind: 'forged' };
  }
  const parsed = body.safeParse(jsonOf(request.body));
  if (!parsed.success) return { kind: 'unreadable', detail: 'the body is no list of receipts' };
  const receipts = parsed.data.receipts.map(
    ({ receipt, id, ours, state, at }): VendorReceipt => ({
      ...{ id: receipt, state },
      ...(id === undefined ? {} : { vendorId: id }),
      ...(ours === undefined ? {} : { notificationId: ours }),
      ...(at === undefined ? {} : { at }),
    }),
  );
  return { kind: 'receipts', receipts, answer: { status: 200, type: 'application/json', body: '{"code":0}' } };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}

export const postboxKind: ProviderKind<PostboxOptions> & ReceiptReading<PostboxOptions> = {
  name: 'postbox',
  options,
  channel: z.strictObject({}),
  limits: POSTBOX_LIMITS,
  nativeFor: [],
  check,
  parsePushToken(raw) {
    if (typeof raw === 'string' && TOKEN.test(raw)) return raw as PushToken; // checked by its form
    throw new InvalidInputError('a token of a postbox is box- and 1 to 40 of a-z and 0-9');
  },
  open: async (given, env) => openPostbox(given, env),
  readReceipts: readPostboxReceipts,
};

function payloadOf({ notification, data }: Message): string {
  return JSON.stringify({ notification, data });
}

function check(message: Message): readonly Misfit[] {
  if (payloadOf(message).length <= POSTBOX_LIMITS.payloadBytesMax) return [];
  return [{ severity: 'error', code: 'payload_too_large', detail: 'make it smaller' }];
}

function openPostbox({ endpoint }: PostboxOptions, { name }: ProviderEnv): Provider {
  const flying = new Set<Promise<unknown>>();
  let isClosed = false;

  async function sendOne({ message, targets }: Batch, at: number, signal: AbortSignal): Promise<Outcome> {
    const target = targets[at];
    if (signal.aborted) return { kind: 'deferred', scope: 'target', reason: 'timeout' };
    try {
      const answer = await fetch(endpoint, {
        ...{ method: 'POST', signal, headers: { connection: 'close' } },
        body: JSON.stringify({ to: target?.pushToken, ours: target?.notificationId, payload: payloadOf(message) }),
      });
      if (answer.status === 410) return { kind: 'unregistered' };
      return { kind: 'accepted', vendorId: await answer.text() };
    } catch (error) {
      // Refused before a byte was written, or given up after.
      const refused = error instanceof Error && Reflect.get(Object(error.cause), 'code') === 'ECONNREFUSED';
      return refused ? { kind: 'deferred', scope: 'account', reason: 'provider_unavailable' } : { kind: 'uncertain' };
    }
  }

  return {
    name,
    limits: POSTBOX_LIMITS,
    async send(batch, signal) {
      if (isClosed) throw new Error('it is closed');
      const { length } = batch.targets;
      if (length === 0 || length > POSTBOX_LIMITS.batchTargetsMax) throw new Error('1 to 20 targets');
      if (check(batch.message).length > 0) {
        return batch.targets.map((): Outcome => ({ kind: 'rejected', reason: 'payload_too_large' }));
      }
      const sending = Promise.all(batch.targets.map((_, at) => sendOne(batch, at, signal)));
      flying.add(sending);
      return sending.finally(() => flying.delete(sending));
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(flying);
    },
  };
}
