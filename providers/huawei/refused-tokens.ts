import { textsOf } from '../shared/vendor-answer.js';

/**
 * The refused push tokens, each with its reason. `msg` is JSON in a text: `illegal_tokens` is a list without reasons (the
 * reason is empty then), `illegalTokens` has a list for each reason.
 */
export function refusedTokens(msg: unknown): ReadonlyMap<string, string> {
  const refused = new Map<string, string>();
  const told = objectOfText(msg);
  for (const field of [told.illegal_tokens, told.illegalTokens]) {
    for (const token of textsOf(field)) refused.set(token, '');
    if (typeof field !== 'object' || field === null || Array.isArray(field)) continue;
    for (const [reason, tokens] of Object.entries(field)) {
      for (const token of textsOf(tokens)) refused.set(token, reason);
    }
  }
  return refused;
}

function objectOfText(text: unknown): Readonly<Record<string, unknown>> {
  if (typeof text !== 'string') return typeof text === 'object' && text !== null ? { ...text } : {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
