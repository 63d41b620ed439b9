/** What becomes of the delivery of a letter that left its mailbox without the device's word. */
export const LETTER_ENDS = {
  lost: { state: 'failed', reason: 'quota_exceeded' },
  replaced: { state: 'suppressed', reason: 'superseded' },
  user_changed: { state: 'suppressed', reason: 'user_changed' },
  removed: { state: 'suppressed', reason: 'no_device' },
  expired: { state: 'expired', reason: 'expired' },
  recalled: { state: 'recalled', reason: null },
} as const;

export type LetterEnd = keyof typeof LETTER_ENDS;
