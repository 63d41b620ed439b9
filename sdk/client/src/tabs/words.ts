/** What the tabs of one browser say to each other. */
import type { RealtimeEvents, RealtimeMessage, Sent } from '../events.js';
import type { EventBody } from '../frames.js';
import type { Hint } from '../seat.js';

export type TabWord =
  /** From the tab that holds the connection from now on. */
  | { readonly k: 'lead' }
  /** A tab is there; `wants`: it has handlers for messages. */
  | { readonly k: 'here'; readonly tab: string; readonly wants: boolean }
  | { readonly k: 'bye'; readonly tab: string }
  | { readonly k: 'message'; readonly message: RealtimeMessage }
  /** A tab's handlers have dealt with it. */
  | { readonly k: 'ended'; readonly tab: string; readonly id: string }
  | { readonly k: 'drop' }
  | { readonly k: 'say'; readonly key: string; readonly body: EventBody }
  | { readonly k: 'settled'; readonly key: string; readonly sent: Sent | { readonly kind: 'full' } }
  | { readonly k: 'token'; readonly token: string }
  | { readonly k: 'connect' }
  | { readonly k: 'hint'; readonly hint: Hint }
  /** Something for every tab, or for one. */
  | {
      [E in Told]: { readonly k: 'event'; readonly type: E; readonly event: RealtimeEvents[E]; readonly tab?: string };
    }[Told];

export type Told = 'clear' | 'gap' | 'resync' | 'state' | 'error';
