import type { CallOptions } from './options.js';
import { type ListOptions, listOf, type Pages } from './pages.js';
import { segment, type Transport } from './transport.js';
import type { Subscribed, Subscriber, Subscribers, Unsubscribed } from './types.js';

/** Groups that devices subscribe to; a message can be for one: `to: { topics: ['news.zh'] }`. */
export interface Topics {
  /**
   * Subscribes devices, and all devices that users have now.
   *
   * @returns how many were added, and which names nobody knows
   *
   * @example
   * ```ts
   * const { added, unknown } = await pealbell.topics.subscribe('news.zh', { users: ['alice'], devices: ['tv'] });
   * ```
   */
  subscribe(topic: string, subscribers: Subscribers, options?: CallOptions): Promise<Subscribed>;

  /**
   * Ends subscriptions of devices, and of all devices that users have now.
   *
   * @example
   * ```ts
   * const { removed } = await pealbell.topics.unsubscribe('news.zh', { users: ['alice'] });
   * ```
   */
  unsubscribe(topic: string, subscribers: Subscribers, options?: CallOptions): Promise<Unsubscribed>;

  /**
   * Who is subscribed, in device order.
   *
   * @example
   * ```ts
   * for await (const { device, user, subscribed_at } of pealbell.topics.subscribers('news.zh')) console.log(device, user);
   * ```
   */
  subscribers(topic: string, options?: ListOptions): Pages<Subscriber>;
}

export function createTopics(transport: Transport): Topics {
  const pathOf = (topic: string) => `/v1/topics/${segment(topic, 'topic')}/subscribers`;
  return {
    async subscribe(topic, body, options) {
      return (await transport.call<Subscribed>({ method: 'POST', path: pathOf(topic), body }, options)).body;
    },
    async unsubscribe(topic, body, options) {
      return (await transport.call<Unsubscribed>({ method: 'DELETE', path: pathOf(topic), body }, options)).body;
    },
    subscribers: (topic, options) => listOf<Subscriber>(transport, pathOf(topic), options),
  };
}
