import type { Attributes } from './attributes.js';
import type { PushToken } from './outcome.js';
import type { EpochMs } from './time.js';

export const PLATFORMS = [
  'ios',
  'android',
  'harmonyos',
  'web',
  'macos',
  'windows',
  'linux',
  'watch',
  'tv',
  'iot',
] as const;
export type Platform = (typeof PLATFORMS)[number];

/** Ids that callers choose. */
export const DEVICE_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** Ids a caller may not give a device; they are words of the API's paths. */
export const RESERVED_DEVICE_IDS: ReadonlySet<string> = new Set(['me', 'import', 'export']);

/** What a registration is for where the app says nothing else, and the purpose that messages to devices are sent to. */
export const ALERT_PURPOSE = 'alert';

export type Environment = 'production' | 'sandbox';

/** An address as some provider issued it, with what is needed to reach it. */
export interface Address {
  /** Name of the provider in the app's file. */
  readonly provider: string;
  readonly token: PushToken;
  readonly environment: Environment;
  /** `alert` unless the app says otherwise. */
  readonly purpose: string;
  readonly bundleId?: string;
  readonly region?: string;
}

/** A device's address at one provider. One live registration per (provider, environment, purpose). */
export interface Registration extends Address {
  /** Keyed hash of the push token; the registration's identity together with app and provider. */
  readonly tokenHash: string;
  /** When this device first registered this token. */
  readonly registeredAt: EpochMs;
  /** When the device last said that the token is still its own. */
  readonly confirmedAt: EpochMs;
}

/** A registration taken out of use; restorable until housekeeping sweeps it. */
export interface RetiredRegistration {
  readonly provider: string;
  readonly tokenHash: string;
  readonly environment: Environment;
  readonly purpose: string;
  readonly reason: string;
  readonly retiredAt: EpochMs;
}

/** What an app tells of one installation, apart from its addresses. */
export interface DeviceFields {
  readonly platform: Platform;
  /** `null`: nobody is logged in. */
  readonly user: string | null;
  readonly manufacturer?: string;
  readonly locale?: string;
  readonly timezone?: string;
  readonly appVersion?: string;
  readonly osVersion?: string;
  readonly model?: string;
  /** What the system's settings allow this app to show. */
  readonly notifications?: 'on' | 'off';
}

export interface Device extends DeviceFields {
  readonly id: string;
  readonly app: string;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  /** When it was last heard of: a registration, or the beginning or end of a connection; to within 10 s. */
  readonly lastSeenAt?: EpochMs;
  /** Of the installation, whoever is logged in. */
  readonly attributes: Attributes;
  /** Sorted. */
  readonly tags: readonly string[];
  /** Topics it is subscribed to, sorted. */
  readonly topics: readonly string[];
  readonly registrations: readonly RegistrationSummary[];
  readonly retired: readonly RetiredRegistration[];
}

/** A registration as callers see it: never the push token itself. */
export type RegistrationSummary = Omit<Registration, 'token'>;
