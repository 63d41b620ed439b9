import { createHmac } from 'node:crypto';
import type { Letter, WaitingClear } from '../../ports/mailbox-store.js';
import type { AtRest } from '../at-rest.js';

/** A letter on its way into the store: its words sealed, its id the same whenever the same words are put again. */
export interface SealedLetter {
  readonly id: string;
  readonly body: Buffer;
  readonly bytes: number;
  /** What the app's letters with the same collapse key have in common, as a number of 48 bits. */
  readonly collapse: number | null;
}

export interface Envelopes {
  sealLetter(letter: Letter): SealedLetter;
  sealClear(app: string, clear: WaitingClear['clear'], at: number): SealedLetter;
  /** @throws GatewayError `store_corrupt` */
  open(id: string, body: Uint8Array): string;
}

/** Seals and opens what letters say. */
export function createEnvelopes(atRest: AtRest): Envelopes {
  const pepper = atRest.pepper('mail letters');
  const digest = (...parts: readonly string[]) => {
    const hmac = createHmac('sha256', pepper);
    for (const part of parts) hmac.update(`${part.length}|`).update(part);
    return hmac.digest();
  };

  function seal(idHash: Buffer, text: string, collapse: number | null): SealedLetter {
    const id = toUuid(idHash);
    return { id, body: atRest.seal(text, place(id)), bytes: Buffer.byteLength(text), collapse };
  }

  return {
    sealLetter({ app, message, body, collapseKey }) {
      const collapse = collapseKey === undefined ? null : digest('collapse', app, collapseKey).readUIntBE(0, 6);
      return seal(digest('letter', app, message, body), body, collapse);
    },
    sealClear(app, clear, at) {
      const text = JSON.stringify(clear);
      return seal(digest('clear', app, String(at), text), text, null);
    },
    open: (id, body) => atRest.open(body, place(id)),
  };
}

function place(id: string): string {
  return `mail_letters|${id}`;
}

function toUuid(hash: Buffer): string {
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
