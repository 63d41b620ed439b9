import type { MessageContent } from '../../domain/accepted-message.js';
import type { AtRest } from '../at-rest.js';

/** Content of a message as it is stored. */
export function sealContent(atRest: AtRest, id: string, content: MessageContent): Buffer {
  return atRest.seal(JSON.stringify(content), place(id));
}

/** @throws GatewayError `store_corrupt` under another data key */
export function openContent(atRest: AtRest, id: string, sealed: Uint8Array): MessageContent {
  return JSON.parse(atRest.open(sealed, place(id))) as MessageContent; // written by `sealContent`
}

function place(id: string): string {
  return `messages|${id}|content`;
}
