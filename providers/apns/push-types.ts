/**
 * What each `apns-push-type` asks for: one row each. Apple: "Sending notification requests to APNs",
 * header fields; "Generating a remote notification", sizes. A later type is a row here and its body
 * in `payload.ts`.
 */
export interface PushType {
  /** Appended to the bundle id for `apns-topic`. */
  readonly topicSuffix: string;
  /** Allowed values of `apns-priority`; others are an error, a delay or a silent drop. */
  readonly priorities: readonly Priority[];
  /** UTF-8 bytes of the JSON body at most. */
  readonly payloadBytesMax: number;
}

/** 10 at once, 5 with the device's battery in mind, 1 never wakes it. */
export type Priority = '10' | '5' | '1';

export const PUSH_TYPES = {
  alert: { topicSuffix: '', priorities: ['10', '5', '1'], payloadBytesMax: 4096 },
  background: { topicSuffix: '', priorities: ['5'], payloadBytesMax: 4096 },
} as const satisfies Readonly<Record<string, PushType>>;

export type PushTypeName = keyof typeof PUSH_TYPES;

export function isPushTypeName(name: string): name is PushTypeName {
  return Object.hasOwn(PUSH_TYPES, name);
}
