import type { JsonObject } from './json.js';

/** What somebody did about a message that is no state of its delivery. */
export const REACTION_KINDS = ['dismissed', 'converted', 'feedback'] as const;
export type ReactionKind = (typeof REACTION_KINDS)[number];

/** Names of conversions and ids of actions. */
export const REACTION_NAME: RegExp = /^[A-Za-z0-9._-]{1,64}$/;
/** ISO 4217. */
export const CURRENCY: RegExp = /^[A-Z]{3}$/;
/** Beyond it a number of cents is not exact any more. */
export const CONVERSION_VALUE_MAX = 1e12;
/** Of feedback: bytes of its JSON, and levels. */
export const FEEDBACK_BYTES_MAX = 4_096;
export const FEEDBACK_DEPTH_MAX = 8;

/** What is wrong with feedback, as a sentence; undefined where nothing is. */
export function feedbackFault(data: JsonObject): string | undefined {
  if (depthOf(data) > FEEDBACK_DEPTH_MAX) return `is at most ${FEEDBACK_DEPTH_MAX} levels deep`;
  if (Buffer.byteLength(JSON.stringify(data)) > FEEDBACK_BYTES_MAX) {
    return `is at most ${FEEDBACK_BYTES_MAX} bytes as JSON; send a reference to what is longer`;
  }
  return undefined;
}

/** Ends soon after the bound is passed. */
function depthOf(value: unknown, level = 1): number {
  if (typeof value !== 'object' || value === null) return level - 1;
  if (level > FEEDBACK_DEPTH_MAX) return level;
  let deepest = level;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, level + 1));
  return deepest;
}
