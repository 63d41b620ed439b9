import type { DeliveryTerms, MessageClass, Warning } from '../domain/accepted-message.js';
import type { MessageDraft } from './message-draft.js';

const TTL_DEFAULT_SECONDS = 86_400;

/** What a draft leaves unsaid, said. */
export function termsOf(draft: MessageDraft): { readonly lane: MessageClass; readonly terms: DeliveryTerms } {
  const lane = draft.class ?? (draft.to.everyone ? 'marketing' : 'transactional');
  return {
    lane,
    terms: {
      priority: draft.priority ?? (lane === 'transactional' ? 'high' : 'normal'),
      ttlSeconds: draft.ttlSeconds ?? TTL_DEFAULT_SECONDS,
      ...(draft.collapseKey === undefined ? {} : { collapseKey: draft.collapseKey }),
      onUncertain: draft.onUncertain ?? 'resend',
      track: draft.track ?? 'all',
    },
  };
}

export const NOBODY_WARNING: Warning = {
  code: 'no_device',
  detail: 'nobody of the audience has a device; nothing was sent',
};
