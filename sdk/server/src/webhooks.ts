import type {
  CreateWebhookEndpointAnswer,
  CreateWebhookEndpointBody,
  ReplayWebhookDeliveriesAnswer,
  RotateWebhookSecretAnswer,
  UpdateWebhookEndpointBody,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookEndpoint,
  WebhookReplay,
} from './openapi.js';
import type { CallOptions } from './options.js';
import { type ListOptions, listOf, type Pages } from './pages.js';
import { segment, type Transport } from './transport.js';

const PATH = '/v1/webhook-endpoints';

export type NewWebhookEndpoint = CreateWebhookEndpointBody;
export type WebhookEndpointChange = UpdateWebhookEndpointBody;
/** An endpoint with the secret that signs its calls, which is shown this once. */
export type CreatedWebhookEndpoint = CreateWebhookEndpointAnswer;
export type RotatedWebhookEndpoint = RotateWebhookSecretAnswer;
/** Which calls are made anew: some by their ids, or those of a time; by default what was given up. */
export type WebhookReplayChoice = Omit<WebhookReplay, 'cursor'>;
export type ReplayedWebhooks = Pick<ReplayWebhookDeliveriesAnswer, 'replayed' | 'passed_over' | 'gone'>;

export interface RepeatableOptions extends CallOptions {
  /** Makes repeating the call harmless, also from another process; one of its own when absent. */
  readonly idempotencyKey?: string;
}

/** Servers that are told what happens: {@link verifyWebhook} and {@link webhookReceiver} stand at their side. */
export interface Webhooks {
  /**
   * Has a server told what happens from now on. The secret is shown this once: keep it.
   *
   * @throws PealbellError `too_many_webhooks`
   *
   * @example
   * ```ts
   * const { id, secret } = await pealbell.webhooks.create({
   *   url: 'https://crm.example.com/pealbell',
   *   events: ['message.completed', 'delivery.failed'],
   * });
   * ```
   */
  create(endpoint: NewWebhookEndpoint, options?: RepeatableOptions): Promise<CreatedWebhookEndpoint>;

  /**
   * The app's endpoints, those of its file too.
   *
   * @example
   * ```ts
   * for await (const { url, state, failing_since } of pealbell.webhooks.list()) console.log(url, state, failing_since);
   * ```
   */
  list(options?: ListOptions): Pages<WebhookEndpoint>;

  /**
   * One endpoint, and how it fares.
   *
   * @throws PealbellError `webhook_not_found`
   *
   * @example
   * ```ts
   * const { state, state_reason } = await pealbell.webhooks.get('whe_…');
   * ```
   */
  get(id: string, options?: CallOptions): Promise<WebhookEndpoint>;

  /**
   * Changes what is given; calls that are made already stay as they are.
   *
   * @throws PealbellError `webhook_in_file` for one that stands in the app's file
   *
   * @example
   * ```ts
   * await pealbell.webhooks.patch('whe_…', { events: ['delivery.*'], level: 'summary' });
   * ```
   */
  patch(id: string, change: WebhookEndpointChange, options?: CallOptions): Promise<WebhookEndpoint>;

  /**
   * Deletes an endpoint with all its deliveries.
   *
   * @example
   * ```ts
   * await pealbell.webhooks.delete('whe_…');
   * ```
   */
  delete(id: string, options?: CallOptions): Promise<void>;

  /**
   * Sends nothing more until it is resumed; what happens meanwhile waits.
   *
   * @example
   * ```ts
   * await pealbell.webhooks.pause('whe_…');
   * ```
   */
  pause(id: string, options?: CallOptions): Promise<WebhookEndpoint>;

  /**
   * Goes on from where a paused or disabled endpoint stood.
   *
   * @example
   * ```ts
   * await pealbell.webhooks.resume('whe_…');
   * ```
   */
  resume(id: string, options?: CallOptions): Promise<WebhookEndpoint>;

  /**
   * Makes a new secret, which is shown this once. What signed before signs as well for `overlap`, 24 hours unless you say
   * otherwise: give the receiver both, then take the old one away.
   *
   * @example
   * ```ts
   * const { secret, overlap_until } = await pealbell.webhooks.rotateSecret('whe_…', { overlap: '48h' });
   * ```
   */
  rotateSecret(
    id: string,
    terms?: { readonly overlap?: string },
    options?: CallOptions,
  ): Promise<RotatedWebhookEndpoint>;

  /**
   * Sends a `webhook.test` event now. Ask for the delivery to see what the receiver answered.
   *
   * @example
   * ```ts
   * const { id } = await pealbell.webhooks.test('whe_…');
   * ```
   */
  test(id: string, options?: RepeatableOptions): Promise<WebhookDelivery>;

  /**
   * Calls to an endpoint, newest first.
   *
   * @example
   * ```ts
   * const parked = await pealbell.webhooks.deliveries('whe_…', { state: 'parked' }).take(20);
   * ```
   */
  deliveries(id: string, options?: ListOptions & { readonly state?: WebhookDelivery['state'] }): Pages<WebhookDelivery>;

  /**
   * One call with all its attempts: what was sent, what was answered, how long it took.
   *
   * @example
   * ```ts
   * const { attempts } = await pealbell.webhooks.delivery('whe_…', 'whc_…');
   * ```
   */
  delivery(id: string, delivery: string, options?: CallOptions): Promise<WebhookDeliveryDetail>;

  /**
   * Makes calls anew, all that are meant, as new deliveries in the same order; their events keep their ids.
   *
   * @example
   * ```ts
   * const { replayed } = await pealbell.webhooks.replay('whe_…', { since: '2026-11-20T00:00:00Z' });
   * ```
   */
  replay(id: string, which: WebhookReplayChoice, options?: RepeatableOptions): Promise<ReplayedWebhooks>;
}

export function createWebhooks(transport: Transport): Webhooks {
  const pathOf = (id: string) => `${PATH}/${segment(id, 'webhook endpoint')}`;

  async function ask<T>(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    options: RepeatableOptions | undefined,
    body?: unknown,
    key?: string,
  ): Promise<T> {
    const headers = key === undefined ? {} : { headers: { 'idempotency-key': key } };
    return (await transport.call<T>({ method, path, ...(body === undefined ? {} : { body }), ...headers }, options))
      .body;
  }
  const keyOf = (options: RepeatableOptions | undefined) => options?.idempotencyKey ?? crypto.randomUUID();

  return {
    create: (endpoint, options) => ask('POST', PATH, options, endpoint, keyOf(options)),
    list: (options) => listOf<WebhookEndpoint>(transport, PATH, options),
    get: (id, options) => ask('GET', pathOf(id), options),
    patch: (id, change, options) => ask('PATCH', pathOf(id), options, change),
    async delete(id, options) {
      await transport.call({ method: 'DELETE', path: pathOf(id), goneIsDone: true }, options);
    },
    pause: (id, options) => ask('POST', `${pathOf(id)}/pause`, options),
    resume: (id, options) => ask('POST', `${pathOf(id)}/resume`, options),
    rotateSecret: (id, terms = {}, options) => ask('POST', `${pathOf(id)}/rotate-secret`, options, terms),
    test: (id, options) => ask('POST', `${pathOf(id)}/test`, options, undefined, keyOf(options)),
    deliveries: (id, options) =>
      listOf<WebhookDelivery>(transport, `${pathOf(id)}/deliveries`, options, { state: options?.state }),
    delivery: (id, delivery, options) =>
      ask('GET', `${pathOf(id)}/deliveries/${segment(delivery, 'webhook delivery')}`, options),

    async replay(id, which, options) {
      const key = keyOf(options);
      const done = { replayed: 0, passed_over: 0, gone: 0 };
      let cursor: string | null = null;
      do {
        const body: WebhookReplay = cursor === null ? which : { ...which, cursor };
        const part = await ask<ReplayWebhookDeliveriesAnswer>('POST', `${pathOf(id)}/replay`, options, body, key);
        done.replayed += part.replayed;
        done.passed_over += part.passed_over;
        done.gone += part.gone;
        cursor = part.next_cursor;
      } while (cursor !== null);
      return done;
    },
  };
}
