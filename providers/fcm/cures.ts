/**
 * What FCM's answers mean, and what to do about them. Sources: Firebase, "FCM error codes" and "Best practices when
 * sending at scale"; RFC 6749 §5.2 for the token endpoint.
 */
import type { Reading, VendorAnswer } from '../contract.js';

const SHORTER = 'At most 4,096 bytes in all: send less text or data, and let the app fetch the rest.';
const MAY_SEND =
  'Give the service account the role "Firebase Cloud Messaging API Admin" in this project, or use an account of the project.';
const ACCOUNT =
  'Make a new key for the service account in the Google Cloud console and put it in `service_account` of the app’s file.';
const CLOCK = 'Set the clock of the gateway’s machine right; if it is, look at the credentials of the app’s file.';
const FIREBASE_KEYS =
  'Upload the APNs key (or the Web Push certificate) of this app again, under Cloud Messaging in the Firebase console.';

const BY_CODE: Readonly<Record<string, Reading>> = {
  // FcmError.errorCode
  INVALID_ARGUMENT: {
    means: 'a field of the message is wrong',
    cure: 'Look at the attempt’s detail and at `overrides.fcm`; POST /v1/messages/validate shows what would be sent.',
  },
  THIRD_PARTY_AUTH_ERROR: {
    means: 'Firebase cannot sign in to Apple or to the browser’s push service',
    cure: FIREBASE_KEYS,
  },
  APNS_AUTH_ERROR: { means: 'Firebase cannot sign in to Apple', cure: FIREBASE_KEYS },
  SENDER_ID_MISMATCH: {
    means: 'the push token belongs to another Firebase project',
    cure: 'Use the service account of the project that is in the app’s google-services.json or GoogleService-Info.plist, or build the app with this project’s.',
  },
  UNREGISTERED: { means: 'the app was removed from this device, or its push token was replaced or has expired' },
  QUOTA_EXCEEDED: {
    means: 'more was sent than the project, or this device, is allowed',
    cure: 'Spread large sends over more time, or ask Google for a larger quota; what waits is sent again by itself.',
  },
  INTERNAL: { means: 'something went wrong at Google' },
  UNSPECIFIED_ERROR: { means: 'something went wrong at Google' },
  UNAVAILABLE: { means: 'the service is overloaded' },
  // google.rpc.Code and ErrorInfo.reason, where FCM itself did not speak
  UNAUTHENTICATED: { means: 'an access token got just now is refused', cure: CLOCK },
  PERMISSION_DENIED: { means: 'these credentials may not send for this project', cure: MAY_SEND },
  SERVICE_DISABLED: {
    means: 'the Firebase Cloud Messaging API is switched off in this project',
    cure: 'Enable "Firebase Cloud Messaging API (V1)" of the project in the Google Cloud console.',
  },
  NOT_FOUND: {
    means: 'there is no such project',
    cure: 'Check `project_id` of the app’s file, or leave it out: the service account names its own.',
  },
  RESOURCE_EXHAUSTED: {
    means: 'more was sent than is allowed',
    cure: 'Spread large sends over more time, or ask Google for a larger quota; what waits is sent again by itself.',
  },
  // The token endpoint, RFC 6749 §5.2
  invalid_grant: {
    means: 'Google gives no access token for these credentials',
    cure: `Set the clock of the gateway’s machine right. If it is, the key was deleted: ${ACCOUNT.charAt(0).toLowerCase()}${ACCOUNT.slice(1)}`,
  },
  invalid_client: { means: 'Google does not know these credentials', cure: ACCOUNT },
  unauthorized_client: { means: 'these credentials may get no access token', cure: ACCOUNT },
  invalid_scope: { means: 'these credentials may not be used for messaging', cure: MAY_SEND },
  access_denied: { means: 'Google gives no access token for these credentials', cure: MAY_SEND },
};

/** One code for three faults: what the outcome made of it tells which. */
const ARGUMENT: Partial<Record<NonNullable<VendorAnswer['reason']>, Reading>> = {
  token_wrong_app: {
    means: 'this is no push token of FCM',
    cure: 'Let the app hand in the whole registration token as the Firebase SDK gives it. Is it the APNs token of the same phone?',
  },
  payload_too_large: { means: 'the message is too large', cure: SHORTER },
};

const NOT_GOOGLE = 'Look at `endpoint` of the app’s file and at proxies on the way: somebody else answered.';

const BY_STATUS: Readonly<Record<number, Reading>> = {
  400: { means: 'the request is refused', cure: 'Look at the attempt’s detail and at `overrides.fcm` of the message.' },
  401: { means: 'an access token got just now is refused', cure: CLOCK },
  403: { means: 'these credentials may not send for this project', cure: MAY_SEND },
  404: {
    means: 'there is no such project',
    cure: 'Check `project_id` and `endpoint` of the app’s file.',
  },
  407: { means: 'a proxy on the way wants credentials', cure: NOT_GOOGLE },
  408: { means: 'the request did not arrive in time' },
  413: { means: 'the message is too large', cure: SHORTER },
  421: { means: 'the request came to the wrong server' },
  425: { means: 'the request came too early' },
  429: {
    means: 'more was sent than is allowed',
    cure: 'Spread large sends over more time; what waits is sent again by itself.',
  },
  499: { means: 'the request was given up on the way' },
  500: { means: 'something went wrong at Google' },
  502: { means: 'the service is not available' },
  503: { means: 'the service is overloaded' },
  504: { means: 'the service did not answer in time' },
};

/** See `Interpreting.interpret`. */
export function interpret({ code, status, reason }: VendorAnswer): Reading | undefined {
  const known = code !== undefined && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if ((code === 'INVALID_ARGUMENT' || status === 400) && reason !== undefined) {
    const told = ARGUMENT[reason];
    if (told !== undefined) return told;
  }
  if (known !== undefined) return known;
  if (status === undefined) return undefined;
  const row = BY_STATUS[status];
  if (row !== undefined) return row;
  if (status >= 500) return { means: 'the service is not available' };
  if (status >= 400) {
    return {
      means: 'the message is refused',
      cure: 'Look at the attempt’s detail, and at `overrides.fcm` of the message.',
    };
  }
  if (status >= 300) return { means: 'the answer is a redirect, which FCM never gives', cure: NOT_GOOGLE };
  return { means: 'it said neither yes nor no, so it may have arrived', cure: NOT_GOOGLE };
}
