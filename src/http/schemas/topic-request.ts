import { z } from 'zod';
import { NAMED_TARGETS_MAX } from '../../domain/audience.js';
import { closed } from './closed.js';
import * as words from './words.js';

/** Whose subscriptions a call makes or ends. Both lists together hold 1 to 1,000 names. */
export const subscribersRequest = closed({
  devices: z.array(words.deviceId).optional(),
  users: z
    .array(words.userId)
    .meta({ description: 'All devices that they have now; those they get later are not subscribed by this' })
    .optional(),
}).superRefine(({ devices = [], users = [] }, context) => {
  const count = new Set(devices).size + new Set(users).size;
  if (count >= 1 && count <= NAMED_TARGETS_MAX) return;
  const [code, message] =
    count === 0
      ? ['no_target', 'name at least one device or user']
      : ['too_many_targets', `at most ${NAMED_TARGETS_MAX} devices and users together; these are ${count}`];
  context.addIssue({ code: 'custom', message, params: { code } });
});
