/**
 * A shop that knows Pealbell by the README of its client only, and imports nothing else: it moves its customers in, tells
 * some of them of a sale in their language, and answers one who asks why nothing came.
 */
import {
  type DeviceLine,
  type Message,
  type NewMessage,
  type Pealbell,
  PealbellError,
} from '../../../sdk/server/src/index.js';

export interface Customer {
  readonly id: string;
  readonly plan: 'free' | 'pro';
  readonly locale: string;
  readonly devices: readonly DeviceLine[];
}

export const SALE: NewMessage = {
  to: {
    filter: {
      all: [
        { attr: 'user.plan', op: 'eq', value: 'pro' },
        { attr: 'device.app_version', op: 'gte', value: '5.10' },
      ],
    },
  },
  notification: {
    title: 'The sale begins',
    body: 'Everything must go.',
    locales: {
      // Named, though the words are the same: a device set to English would else get its owner's language.
      en: { title: 'The sale begins' },
      zh: { title: '特卖开始', body: '清仓大甩卖。' },
    },
  },
  delivery: { ttl: '2h' },
};

/** Customers are put this many at a time. */
const AT_ONCE = 16;

export function openShop(pealbell: Pealbell) {
  return {
    /** Moves all devices in. @returns those that were refused, with the reason */
    async moveIn(customers: Iterable<Customer>): Promise<string[]> {
      function* devices() {
        for (const customer of customers) yield* customer.devices;
      }
      const refused: string[] = [];
      for await (const { ok, device, problem } of pealbell.devices.import(devices())) {
        if (!ok) refused.push(`${device.id}: ${problem?.errors?.[0]?.pointer} ${problem?.code}`);
      }
      return refused;
    },

    async introduce(customers: Iterable<Customer>): Promise<void> {
      const waiting = customers[Symbol.iterator]();
      const work = async () => {
        for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
          const { id, plan, locale } = next.value;
          await pealbell.users.put(id, { attributes: { plan }, locale });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    },

    /** Tells of the sale, once however often it is called, and looks until it is over. */
    async announce(onProgress: (message: Message) => void): Promise<Message> {
      const { id } = await pealbell.messages.send(SALE, { idempotencyKey: 'sale-of-november' });
      for await (const message of pealbell.messages.follow(id)) onProgress(message);
      return pealbell.messages.get(id);
    },

    /** What support tells a customer who asks why nothing came. */
    async whyNot(customer: string): Promise<string[]> {
      const answers: string[] = [];
      for (const { device, state, explanation, cure } of await pealbell.users.timeline(customer).take(20)) {
        answers.push([`${device}: ${state}.`, explanation, cure].filter((part) => part !== null).join(' '));
      }
      return answers;
    },

    /** Whether somebody is a customer here at all. */
    async knows(customer: string): Promise<boolean> {
      try {
        await pealbell.users.get(customer);
        return true;
      } catch (error) {
        if (error instanceof PealbellError && error.code === 'user_not_found') return false;
        throw error;
      }
    },
  };
}
