import { type WebhookUrlRules, webhookUrlFault } from '../domain/webhook-url.js';
import type { Poster } from '../egress/post.js';

/**
 * Posts nothing to where the gateway itself is reached, nor anywhere else that an endpoint may not name: an address may have
 * been taken up when the configuration was another.
 */
export function notOurselves(poster: Poster, rules: WebhookUrlRules): Poster {
  return {
    ...poster,
    post(url, headers, body, signal) {
      const fault = webhookUrlFault(url, rules);
      if (fault === undefined) return poster.post(url, headers, body, signal);
      return Promise.resolve({
        kind: 'failed',
        reason: 'refused',
        sentence: `refused: its url ${fault.detail}`,
        ms: 0,
      });
    },
  };
}
