import { createDevices, type Devices } from './devices.js';
import { createEvents, type Events } from './events.js';
import { createMessages, type Messages } from './messages.js';
import type { PealbellOptions } from './options.js';
import { createProviders, type Providers } from './providers.js';
import { createRealtime, type Realtime } from './realtime.js';
import { readSettings } from './settings.js';
import { createStats, type Stats } from './stats.js';
import { createTopics, type Topics } from './topics.js';
import { createTransport } from './transport.js';
import { createUsers, type Users } from './users.js';
import { createWebhooks, type Webhooks } from './webhooks.js';

/**
 * A Pealbell gateway, for a server that has a key. Holds no connection open by itself; one for the life of a process is
 * enough, and it needs no closing.
 *
 * @example
 * ```ts
 * import { Pealbell } from '@pealbell/server';
 *
 * const pealbell = new Pealbell({ url: 'https://push.example.com', key: process.env.PEALBELL_KEY ?? '' });
 *
 * const { id } = await pealbell.messages.send({
 *   to: { users: ['alice'] },
 *   notification: { title: 'Order 8812', body: 'It is on its way.' },
 * });
 * const { counts } = await pealbell.messages.wait(id);
 * ```
 */
export class Pealbell {
  readonly messages: Messages;
  readonly events: Events;
  readonly devices: Devices;
  readonly users: Users;
  readonly topics: Topics;
  readonly providers: Providers;
  readonly realtime: Realtime;
  readonly webhooks: Webhooks;
  readonly stats: Stats;

  /** @throws TypeError for options that can never work, with what to give instead */
  constructor(options: PealbellOptions) {
    const transport = createTransport(readSettings(options));
    this.messages = createMessages(transport);
    this.events = createEvents(transport);
    this.devices = createDevices(transport);
    this.users = createUsers(transport);
    this.topics = createTopics(transport);
    this.providers = createProviders(transport);
    this.realtime = createRealtime(transport);
    this.webhooks = createWebhooks(transport);
    this.stats = createStats(transport);
  }
}
