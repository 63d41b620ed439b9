import type { Reading } from './reading.js';
import type { Reason } from './reason.js';

/**
 * What each reason means where no vendor's own words say more, and what to do about it. A vendor's codes are read by
 * its provider, in `providers/<name>/cures.ts`.
 */
export const HOUSE_READINGS: Readonly<Record<Reason, Reading>> = {
  offline: { means: 'the device was not connected' },
  no_ack: { means: 'the device was connected, but did not confirm the message in time' },
  no_receipt: { means: 'nobody said that it arrived' },
  no_registration: {
    means: 'the device has no live registration for alerts at this provider',
    cure: 'Let the app hand in its push token with PUT /v1/devices/{id}; the `retired` list of the device tells what became of earlier ones.',
  },
  token_invalid: {
    means: 'the address is dead: the app was removed, or its push token was replaced',
    cure: 'Nothing, if the app was removed. Otherwise let the app register its push token at every start.',
  },
  token_wrong_app: {
    means: 'the push token belongs to another app, another project or another environment',
    cure: 'Compare the credentials of the app’s file with the build that made the push token: the same app, project, key and environment.',
  },
  payload_rejected: {
    means: 'the provider takes no message of this content',
    cure: 'Look at the attempt’s detail and at `overrides`; POST /v1/messages/validate shows what would be sent.',
  },
  payload_too_large: {
    means: 'the content is larger than the provider takes',
    cure: 'Send less text or data; let the app fetch the rest by an id in `data`.',
  },
  rate_limited: {
    means: 'too much was sent at once',
    cure: 'Nothing, if it is rare: it is sent again by itself. Otherwise send less often, or under one `collapse_key`.',
  },
  quota_exceeded: {
    means: 'as much was sent as may be in a day: to this device, over this account, or into this mailbox',
    cure: 'Send fewer messages of class `marketing`, or let the route go on to another road `after: [quota_exceeded]`. `quotas` of GET /v1/providers/{name} shows the caps and what is left; those of a vendor are `quota` in the app’s file, such as `quota.marketing_per_device`.',
  },
  provider_unavailable: {
    means: 'the provider could not be reached, or could not take it',
    cure: 'If it lasts, run `pealbell doctor`: the way out of this network may be closed.',
  },
  credential_rejected: {
    means: 'the provider refuses the credentials of this app',
    cure: 'Mend the provider’s credentials in the app’s file; what waits for them goes on by itself.',
  },
  timeout: {
    means: 'no answer came in time',
    cure: 'If it lasts, run `pealbell doctor`: the way to the provider may be slow or closed.',
  },
  uncertain: {
    means: 'it left, but no answer was seen, so it may have arrived',
    cure: 'Set `delivery.on_uncertain` to what you prefer: `resend` may show it twice, `drop` may lose it.',
  },
  opted_out: {
    means: 'notifications are switched off on this device',
    cure: 'Only the person can switch them on, in the device’s settings; the app then reports `notifications: "on"`. Silent messages still arrive.',
  },
  capped: { means: 'the person had received as many messages as are allowed' },
  quiet_hours: { means: 'it was a time at which the person is not disturbed' },
  not_consented: {
    means: 'the person has not agreed to messages of this class',
    cure: 'Ask the person; record the answer as `consent` with PUT /v1/users/{id}.',
  },
  superseded: { means: 'a newer message took its place' },
  user_changed: {
    means: 'by the time of the attempt the device belonged to somebody else, or to nobody',
    cure: 'Nothing, if the person logged out. Otherwise let the app keep `user` of the device current.',
  },
  no_device: {
    means: 'the device was deleted before its turn came',
    cure: 'Nothing, if that was meant. Otherwise let the app register the device again with PUT /v1/devices/{id}.',
  },
  expired: {
    means: 'its time to live was over before a provider took it',
    cure: 'Give it a longer `delivery.ttl`, and look at what kept the attempts before from passing.',
  },
  canceled: { means: 'it was canceled before a provider took it' },
};
