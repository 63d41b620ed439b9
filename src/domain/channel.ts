import type { MessageClass } from './accepted-message.js';
import type { Json } from './json.js';
import type { Priority } from './message.js';

/** Entry of an app's channels: what messages named so have in common, and what each vendor makes of it. */
export interface Channel {
  readonly name: string;
  readonly class?: MessageClass;
  /** Seconds; 0 means now or never. */
  readonly ttlSeconds?: number;
  readonly priority?: Priority;
  readonly sound?: string;
  /** By provider name, as the channel schema of that provider's kind gave it. */
  readonly settings: Readonly<Record<string, Json>>;
}
