/** What vivo is told of where receipts go: an id from its console, or an address. Each receipt brings our message's id back. */
import type { JsonObject, ProviderEnv } from '../contract.js';
import type { VivoOptions } from './options.js';

export interface ReceiptRoad {
  /** `extra` of a message, or nothing. */
  extraOf(messageId: string, ofList: boolean): JsonObject;
}

export function openReceiptRoad(
  options: VivoOptions,
  { callbackUrl, log, name, app }: Pick<ProviderEnv, 'callbackUrl' | 'log' | 'name' | 'app'>,
): ReceiptRoad {
  const { receipts, callback_id: id, receipts_of_lists: ofLists, limits } = options;
  if (!receipts) return { extraOf: () => ({}) };
  if (id !== undefined) {
    return { extraOf: (messageId) => ({ extra: { 'callback.id': id, 'callback.param': messageId } }) };
  }
  if (callbackUrl === undefined) return { extraOf: () => ({}) };
  if (callbackUrl.length > limits.callback) {
    const fields = { provider: name, app, characters: callbackUrl.length, max: limits.callback };
    log.warn(fields, 'vivo.callback_too_long');
    return { extraOf: () => ({}) };
  }
  // In test mode vivo tells nothing of what became of a message.
  if (options.push_mode === 'test') return { extraOf: () => ({}) };
  return {
    extraOf: (messageId, ofList) =>
      ofList && !ofLists ? {} : { extra: { callback: callbackUrl, 'callback.param': messageId } },
  };
}
