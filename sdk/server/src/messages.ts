import { type SentBatchResult, sendBatch } from './batch.js';
import { type FollowOptions, follow, type WaitOptions, waitForEnd } from './follow.js';
import type {
  AcceptedMessage,
  BatchMessage,
  Delivery,
  Message,
  MessageEvent,
  MessagePlan,
  NewMessage,
} from './openapi.js';
import type { CallOptions } from './options.js';
import { type ListOptions, listOf, type Pages } from './pages.js';
import { streamOf } from './stream.js';
import { segment, type Transport } from './transport.js';
import type { RecalledMessage } from './types.js';

const PATH = '/v1/messages';

export interface SendOptions extends CallOptions {
  /**
   * Sends under this key make one message, whoever makes them: give it what the message is about, such as
   * `order-8812-shipped`. Without one each `send` has a new key of its own, the same for all its tries.
   */
  readonly idempotencyKey?: string;
  /** Seconds, at most 30, to wait for the deliveries of a message to at most 100 devices. */
  readonly waitSeconds?: number;
}

/** A message that was accepted. */
export type SentMessage = AcceptedMessage & {
  /** There when it was waited for, and all settled in time. */
  readonly deliveries?: readonly Delivery[];
  readonly idempotency_key: string;
  /** The message is that of an earlier call with the same key; nothing was sent anew. */
  readonly idempotency_replayed: boolean;
};

export interface ValidateOptions extends CallOptions {
  /** Also asks the vendors that can validate without sending. */
  readonly providers?: boolean;
}

export interface TimelineOptions extends ListOptions {
  /** Only what happened to this device. */
  readonly device?: string;
}

/** Sending, and asking what became of it. */
export interface Messages {
  /**
   * Sends a message; when it resolves, the gateway has it for good. Tried again under the same idempotency key when an
   * answer is lost, so it is never sent twice.
   *
   * @throws PealbellError such as `validation_failed`, `audience_too_large`, `missing_scope`
   *
   * @example
   * ```ts
   * const { id } = await pealbell.messages.send({
   *   to: { users: ['alice'] },
   *   notification: { title: 'Order 8812', body: 'It is on its way.' },
   * });
   * ```
   *
   * @example The same order is told once, however often this runs, and the outcome is waited for:
   * ```ts
   * const sent = await pealbell.messages.send(message, { idempotencyKey: 'order-8812-shipped', waitSeconds: 3 });
   * for (const { device, state, reason } of sent.deliveries ?? []) console.log(device, state, reason);
   * ```
   */
  send(message: NewMessage, options?: SendOptions): Promise<SentMessage>;

  /**
   * Sends up to 500 messages in one call. Each is accepted or refused by itself and has a key of its own, made for it
   * where it has none; those refused for a passing reason are tried again.
   *
   * @example
   * ```ts
   * const results = await pealbell.messages.batch(orders.map((order) => ({
   *   idempotency_key: `order-${order.id}-shipped`,
   *   to: { users: [order.user] },
   *   notification: { title: `Order ${order.id}`, body: 'It is on its way.' },
   * })));
   * const refused = results.filter(({ problem }) => problem !== undefined);
   * ```
   */
  batch(messages: readonly BatchMessage[], options?: CallOptions): Promise<SentBatchResult[]>;

  /**
   * Says what a send would do, and sends nothing.
   *
   * @example
   * ```ts
   * const plan = await pealbell.messages.validate({ to: 'everyone', notification: { title: 'Hello' } });
   * for (const { provider, devices, payload } of plan.providers) console.log(provider, devices, payload);
   * ```
   */
  validate(message: NewMessage, options?: ValidateOptions): Promise<MessagePlan>;

  /**
   * What became of a message: its status, and exact counts.
   *
   * @throws PealbellError `message_not_found`
   *
   * @example
   * ```ts
   * const { status, counts, reasons } = await pealbell.messages.get(id);
   * ```
   */
  get(id: string, options?: CallOptions): Promise<Message>;

  /**
   * Messages, newest first.
   *
   * @example
   * ```ts
   * const newest = await pealbell.messages.list().take(10);
   * ```
   */
  list(options?: ListOptions): Pages<Message>;

  /**
   * What became of a message on each device, in device order: the state, the reason, every attempt.
   *
   * @example
   * ```ts
   * for await (const { device, state, reason } of pealbell.messages.deliveries(id)) console.log(device, state, reason);
   * ```
   */
  deliveries(id: string, options?: ListOptions): Pages<Delivery>;

  /**
   * The same as one stream, for a message to any number of devices.
   *
   * @throws PealbellError `message_not_found`; `connection_failed` when it breaks off
   *
   * @example
   * ```ts
   * for await (const delivery of pealbell.messages.exportDeliveries(id)) file.write(`${JSON.stringify(delivery)}\n`);
   * ```
   */
  exportDeliveries(id: string, options?: CallOptions): AsyncGenerator<Delivery, void, undefined>;

  /**
   * What happened to a message and to its deliveries, step by step: in order of time up to 1,000 devices, device by device
   * beyond.
   *
   * @example
   * ```ts
   * for await (const { at, event, device, outcome, cure } of pealbell.messages.timeline(id, { device: 'phone1' })) {
   *   console.log(at, event, device, outcome, cure);
   * }
   * ```
   */
  timeline(id: string, options?: TimelineOptions): Pages<MessageEvent>;

  /**
   * Cancels what has not left yet.
   *
   * @returns the message; its counts tell what had left already
   *
   * @example
   * ```ts
   * const { counts } = await pealbell.messages.cancel(id);
   * console.log(`${counts.sent} had left, ${counts.canceled} will not be sent`);
   * ```
   */
  cancel(id: string, options?: CallOptions): Promise<Message>;

  /**
   * Calls a message back, also one that is over: cancels what has not left, takes out of mailboxes what no device has
   * fetched, and has devices with the realtime client take it off their screens. What a vendor has taken it keeps.
   *
   * @returns the message with warnings: what could not be called back, by provider
   *
   * @example
   * ```ts
   * const { counts, warnings } = await pealbell.messages.recall(id);
   * for (const { provider, detail } of warnings) console.log(provider, detail);
   * ```
   */
  recall(id: string, options?: CallOptions): Promise<RecalledMessage>;

  /**
   * Looks at a message until it is over, and yields it each time that something of it has changed; the last one is how
   * it ended. Stop reading whenever you like: the message goes on.
   *
   * @example
   * ```ts
   * for await (const { settled, devices } of pealbell.messages.follow(id)) console.log(`${settled} of ${devices}`);
   * ```
   */
  follow(id: string, options?: FollowOptions): AsyncGenerator<Message, void, undefined>;

  /**
   * Waits until the gateway will do nothing more for a message by itself, asking less and less often.
   *
   * @throws PealbellError `timeout` when `withinMs` is over; the message goes on
   *
   * @example
   * ```ts
   * const { counts } = await pealbell.messages.wait(id, { withinMs: 60_000 });
   * ```
   */
  wait(id: string, options?: WaitOptions): Promise<Message>;
}

export function createMessages(transport: Transport): Messages {
  const pathOf = (id: string) => `${PATH}/${segment(id, 'message')}`;

  async function get(id: string, options?: CallOptions): Promise<Message> {
    return (await transport.call<Message>({ method: 'GET', path: pathOf(id) }, options)).body;
  }

  return {
    async send(message, { idempotencyKey = crypto.randomUUID(), waitSeconds = 0, ...options } = {}) {
      const { body, headers } = await transport.call<AcceptedMessage & { deliveries?: Delivery[] }>(
        {
          method: 'POST',
          path: PATH,
          headers: { 'idempotency-key': idempotencyKey, ...(waitSeconds > 0 ? { prefer: `wait=${waitSeconds}` } : {}) },
          body: message,
          heldMs: waitSeconds * 1_000,
        },
        options,
      );
      const replayed = headers.get('idempotency-replayed') === 'true';
      return { ...body, idempotency_key: idempotencyKey, idempotency_replayed: replayed };
    },
    batch: (messages, options) => sendBatch(transport, `${PATH}/batch`, messages, options),
    async validate(message, { providers, ...options } = {}) {
      const query = { providers };
      const call = { method: 'POST', path: `${PATH}/validate`, query, body: message } as const;
      return (await transport.call<MessagePlan>(call, options)).body;
    },
    get,
    list: (options) => listOf<Message>(transport, PATH, options),
    deliveries: (id, options) => listOf<Delivery>(transport, `${pathOf(id)}/deliveries`, options),
    exportDeliveries: (id, options) => streamOf<Delivery>(transport, `${pathOf(id)}/deliveries/export`, options),
    timeline: (id, options) =>
      listOf<MessageEvent>(transport, `${pathOf(id)}/timeline`, options, { device: options?.device }),
    async cancel(id, options) {
      return (await transport.call<Message>({ method: 'POST', path: `${pathOf(id)}/cancel` }, options)).body;
    },
    async recall(id, options) {
      return (await transport.call<RecalledMessage>({ method: 'POST', path: `${pathOf(id)}/recall` }, options)).body;
    },
    follow: (id, options) => follow(() => get(id, options), options),
    wait: (id, options) => waitForEnd(id, (bounded) => get(id, bounded), options),
  };
}
