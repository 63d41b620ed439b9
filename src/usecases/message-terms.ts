import type { DeliveryTerms, MessageClass, MessageRoute, Warning } from '../domain/accepted-message.js';
import { isBroad } from '../domain/audience.js';
import type { Channel } from '../domain/channel.js';
import type { MessageDraft } from './message-draft.js';

const TTL_DEFAULT_SECONDS = 86_400;

/** What a draft names, as the app's file has it. */
export interface Named {
  readonly channel: Channel | undefined;
  readonly route: MessageRoute;
}

/** What a draft leaves unsaid, said: by its channel, else by the house. */
export function termsOf(
  draft: MessageDraft,
  { channel, route }: Named,
): { readonly lane: MessageClass; readonly terms: DeliveryTerms } {
  const lane = draft.class ?? channel?.class ?? (isBroad(draft.to) ? 'marketing' : 'transactional');
  return {
    lane,
    terms: {
      priority: draft.priority ?? channel?.priority ?? (lane === 'transactional' ? 'high' : 'normal'),
      ...(draft.priority === undefined ? {} : { isPriorityOwn: true }),
      ttlSeconds: draft.ttlSeconds ?? channel?.ttlSeconds ?? TTL_DEFAULT_SECONDS,
      route,
      ...(draft.ackTimeoutMs === undefined ? {} : { ackTimeoutMs: draft.ackTimeoutMs }),
      ...(draft.perUser === undefined || draft.perUser === 'all' ? {} : { perUser: draft.perUser }),
      ...(draft.collapseKey === undefined ? {} : { collapseKey: draft.collapseKey }),
      onUncertain: draft.onUncertain ?? 'resend',
      track: draft.track ?? 'all',
      ...(draft.channel === undefined ? {} : { channel: draft.channel }),
      ...(draft.onlyProviders === undefined ? {} : { onlyProviders: draft.onlyProviders }),
    },
  };
}

export const NOBODY_WARNING: Warning = {
  code: 'no_device',
  detail: 'no device is in the audience; nothing was sent',
};
