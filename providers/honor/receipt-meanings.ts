/** What the status of a receipt means. Source: Getui's map of Honor's numbers; Honor itself publishes none. */

export const MEANINGS = [
  'delivered',
  'displayed',
  'token_invalid',
  'notifications_off',
  'quota_exceeded',
  'payload_rejected',
  'nothing',
] as const;
export type Meaning = (typeof MEANINGS)[number];

export const RECEIPT_MEANINGS: Readonly<Record<string, Meaning>> = {
  0: 'nothing', // the app is not running: kept on the device
  1: 'delivered', // a data message
  2: 'delivered', // a notification
  3: 'token_invalid', // the app is not installed
  4: 'token_invalid', // not the push token of this device
  5: 'nothing', // not shown
  6: 'notifications_off', // the app is disabled
  8: 'payload_rejected', // a type that the device does not know
  9: 'quota_exceeded', // a copy, or more than the day allows
  11: 'nothing', // the page could not be opened
  13: 'nothing', // the screen is off
  14: 'nothing', // another user's
  15: 'nothing', // could not be shown
};
