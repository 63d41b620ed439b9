/** The house's own connections as a road: settings, addresses, limits, and how it is opened. */
import { z } from 'zod';
import {
  type Interpreting,
  InvalidInputError,
  type Json,
  type Previewable,
  type ProviderKind,
  type PushToken,
} from '../contract.js';
import { compile } from './payload.js';
import { createRealtimeProvider, REALTIME_LIMITS } from './provider.js';

/** A device's id is its address: mailboxes and connections are found by it. */
const DEVICE_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The section `realtime` of the app's file speaks to those who let devices in; sending over it needs no setting. */
export const realtimeOptions = z.strictObject({});

export const realtimeKind: ProviderKind<Record<string, never>> & Previewable & Interpreting = {
  name: 'realtime',
  options: realtimeOptions,
  channel: z.strictObject({}),
  limits: REALTIME_LIMITS,
  nativeFor: [],
  isOwnRoad: true,
  vendor: 'the realtime connection',
  // `offline` and `no_ack` are the house's own words, and read with these.
  interpret: () => undefined,
  check: (message) => compile(message).misfits,
  parsePushToken(raw) {
    if (typeof raw !== 'string' || !DEVICE_ID.test(raw)) {
      throw new InvalidInputError(
        'the address of a realtime connection is a device id: 1 to 128 of A-Z a-z 0-9 . _ : -',
      );
    }
    return raw as PushToken; // canonical as it is
  },
  preview(message, _purpose, now) {
    const { body } = compile({ ...message, expiresAt: message.expiresAt ?? now + message.ttlSeconds * 1_000 });
    return body === undefined ? undefined : { t: 'push', show: true, ...(JSON.parse(body) as Record<string, Json>) };
  },
  open: async (_options, env) => createRealtimeProvider(env),
};
