import type { Message, Target } from '../../providers/contract.js';
import type { DeliveryTerms } from '../domain/accepted-message.js';
import type { Channel } from '../domain/channel.js';
import type { Chunk } from '../domain/chunk.js';
import type { Address } from '../domain/device.js';
import { notificationId } from '../domain/ids.js';
import type { EpochMs } from '../domain/time.js';
import type { SendableMessage } from '../ports/message-store.js';
import { messageChannel } from './message-channel.js';
import { localize } from './renderings.js';

/**
 * The message as this provider gets it at this attempt: in the words of the target's language, with the TTL that
 * remains, its own override, and what the app's channels say now.
 */
export function renderMessage(
  message: SendableMessage,
  provider: { readonly name: string; readonly kind: string; readonly channels: readonly Channel[] },
  { rendering, step }: Pick<Chunk, 'rendering' | 'step'>,
  now: EpochMs,
): Message {
  const { content, terms } = message;
  const notification = localize(content?.notification, content?.locales, rendering);
  const override = content?.overrides[provider.name] ?? content?.overrides[provider.kind];
  return {
    id: message.id,
    app: message.app,
    ...(notification === undefined ? {} : { notification }),
    ...(content?.data === undefined ? {} : { data: content.data }),
    ttlSeconds: terms.ttlSeconds === 0 ? 0 : Math.max(1, Math.ceil((message.expiresAt - now) / 1_000)),
    ...(terms.ttlSeconds === 0 ? {} : { expiresAt: message.expiresAt }),
    ...ackTimeout(terms, step),
    priority: terms.priority,
    class: message.class,
    ...(terms.isPriorityOwn === undefined ? {} : { isPriorityOwn: true }),
    ...(terms.channel === undefined
      ? {}
      : { channel: messageChannel(terms.channel, provider.channels, provider.name) }),
    ...(terms.collapseKey === undefined ? {} : { collapseKey: terms.collapseKey }),
    ...(override === undefined ? {} : { override }),
  };
}

/** The message's own word goes before the route's, but for a step that waits for nobody. */
export function ackTimeout(
  { route, ackTimeoutMs: own }: Pick<DeliveryTerms, 'route' | 'ackTimeoutMs'>,
  step: number,
): Pick<Message, 'ackTimeoutMs'> {
  const waitMs = route?.steps[step]?.waitMs;
  const ackTimeoutMs = waitMs === 0 ? 0 : (own ?? waitMs);
  return ackTimeoutMs === undefined ? {} : { ackTimeoutMs };
}

/** The target as its provider gets it; the notification id is the same at every attempt. */
export function toTarget(
  message: string,
  entry: { readonly key: string; readonly address: Address },
  known: Pick<Target, 'user' | 'handedAt' | 'got'> = {},
): Target {
  const { address } = entry;
  return {
    ...known,
    pushToken: address.token,
    notificationId: notificationId(message, entry.key),
    environment: address.environment,
    purpose: address.purpose,
    ...(address.bundleId === undefined ? {} : { bundleId: address.bundleId }),
    ...(address.region === undefined ? {} : { region: address.region }),
  };
}
