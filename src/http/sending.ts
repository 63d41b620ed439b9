import { isBroad } from '../domain/audience.js';
import { isGatewayError } from '../domain/errors.js';
import type { Json } from '../domain/json.js';
import type { Scope } from '../ports/key-store.js';
import type { AcceptMessage } from '../usecases/accept-message.js';
import type { MessageDraft } from '../usecases/message-draft.js';
import { type Caller, requireScopes } from './authenticate.js';
import { readMessage } from './message-draft.js';
import type { HttpMetrics } from './metrics.js';

/** Idempotency keys belong to this path, whether they came with a single call or within a batch. */
export const MESSAGES_PATH = '/v1/messages';
// Printable ASCII; Node has taken off the space around it.
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;
export const IDEMPOTENCY_KEY_RULE = 'must be 1 to 255 printable ASCII characters';

export type Accepted = Awaited<ReturnType<AcceptMessage['accept']>>;

/** One message of a caller, from parsed body to stored. */
export type Send = (caller: Caller, body: Json | undefined, idempotencyKey: string | undefined) => Promise<Accepted>;

/** What the single call and the batch do alike, and count alike. */
export function createSend(house: { readonly acceptMessage: AcceptMessage }, metrics: HttpMetrics): Send {
  return async (caller, body, key) => {
    const draft = readMessage(body, {
      app: caller.app,
      ...(key === undefined ? {} : { idempotency: { key, path: MESSAGES_PATH } }),
    });
    requireScopes(caller, scopesFor(draft));
    try {
      const result = await house.acceptMessage.accept(draft);
      if (key !== undefined) metrics.idempotency.inc({ result: result.replayed ? 'replayed' : 'new' });
      return result;
    } catch (error) {
      if (isGatewayError(error, 'idempotency_mismatch')) metrics.idempotency.inc({ result: 'mismatch' });
      if (isGatewayError(error, 'idempotency_in_progress')) metrics.idempotency.inc({ result: 'in_progress' });
      throw error;
    }
  };
}

/** Named targets need `messages:send`; topics, a filter and everyone need `messages:broadcast`; a union needs both. */
export function scopesFor(draft: MessageDraft): readonly Scope[] {
  const { users, devices, pushTokens } = draft.to;
  const named = users.length + devices.length + pushTokens.length > 0;
  return [
    ...(named ? (['messages:send'] as const) : []),
    ...(isBroad(draft.to) ? (['messages:broadcast'] as const) : []),
  ];
}

export function isIdempotencyKey(value: unknown): value is string {
  return typeof value === 'string' && IDEMPOTENCY_KEY.test(value);
}
