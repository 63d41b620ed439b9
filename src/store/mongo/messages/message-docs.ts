import type { DeliveryTerms, MessageContent } from '../../../domain/accepted-message.js';
import type { EpochMs } from '../../../domain/time.js';
import type { NewMessage, SendableMessage } from '../../../ports/message-store.js';
import type { AtRest } from '../../at-rest.js';
import { openContent, sealContent } from '../../shared/message-seal.js';
import { keptJson } from '../../shared/nul.js';
import { born, type Pending } from '../documents/aggregate.js';
import type { MessageDoc } from '../documents/messages.js';
import { bytesOf } from '../engine/bytes.js';

/** The `claim` of a message that holds none, or holds it no more. */
export function unclaimed(id: string): string {
  return `#${id}`;
}

/** A message as it is accepted; one for nobody is completed by it. */
export function messageDoc(message: NewMessage, now: EpochMs, o: string, owed: Pending | undefined, atRest: AtRest) {
  const { accepted, claim, planned, chunks } = message;
  const { id, app } = accepted;
  const isOver = planned && chunks.length === 0;
  return {
    _id: id,
    ...born(o, owed),
    app,
    claim: claim === undefined ? unclaimed(id) : `${app}|${claim.path}|${claim.key}`,
    claimUntil: claim?.until ?? message.expiresAt,
    fingerprint: message.fingerprint,
    accepted: keptJson(accepted),
    class: message.class,
    terms: keptJson(message.terms),
    content: sealContent(atRest, id, message.content),
    ...(message.metadata === undefined ? {} : { metadata: keptJson(message.metadata) }),
    ...(message.tags === undefined ? {} : { tags: message.tags }),
    createdAt: accepted.createdAt,
    expiresAt: message.expiresAt,
    planned,
    planCursor: '',
    nextChunk: chunks.length,
    ...(isOver ? { completedAt: now } : {}),
    isOpen: planned && !isOver,
    devices: chunks.reduce((sum, { targets }) => sum + targets.length, 0),
    hasContent: true,
    deliveriesSwept: false,
  } satisfies MessageDoc;
}

export function toSendable(document: MessageDoc, atRest: AtRest): SendableMessage {
  return {
    id: document._id,
    app: document.app,
    class: document.class,
    terms: termsOf(document),
    createdAt: document.createdAt,
    expiresAt: document.expiresAt,
    canceled: document.canceledAt !== undefined,
    ...contentOf(document, atRest),
  };
}

export function termsOf({ terms }: Pick<MessageDoc, 'terms'>): DeliveryTerms {
  return JSON.parse(terms) as DeliveryTerms; // written by `messageDoc`
}

function contentOf({ _id, content }: MessageDoc, atRest: AtRest): { readonly content?: MessageContent } {
  return content === undefined ? {} : { content: openContent(atRest, _id, bytesOf(content)) };
}
