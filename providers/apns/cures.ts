/**
 * What APNs' answers mean, and what to do about them. Sources: Apple, "Handling notification responses from APNs",
 * "Establishing a token-based connection to APNs".
 */
import type { Reading, VendorAnswer } from '../contract.js';

const REPORT = 'This is a fault of Pealbell: please report it with the attempt’s detail.';
const OVERRIDE = 'Correct `overrides.apns.headers` of the message';

const ENABLE_BROADCASTS =
  'Enable the broadcast capability of the app’s identifier in the Apple developer account (Push Notifications).';

const BY_CODE: Readonly<Record<string, Reading>> = {
  // 400
  BadChannelId: {
    means: 'this is no broadcast channel of this app and environment',
    cure: 'Give the channel id as Apple made it; channels of the sandbox need `environment: "sandbox"`.',
  },
  BadCollapseId: { means: 'the collapse key is too long', cure: 'Use a `collapse_key` of at most 64 bytes.' },
  BadDeviceToken: {
    means: 'this is no push token of this environment',
    cure: 'A sandbox token sent to production? Set `environment: "sandbox"` on the registration of a development build, and leave it out for TestFlight and the App Store.',
  },
  BadExpirationDate: {
    means: 'the expiration is not one that APNs takes here',
    cure: 'A broadcast channel without storage takes `ttl: "0s"` only; elsewhere it is a fault of Pealbell, please report it.',
  },
  BadMessageId: { means: 'the apns-id is not a UUID', cure: REPORT },
  BadPriority: {
    means: 'the priority does not suit the push type',
    cure: `${OVERRIDE}: apns-priority is 10, 5 or 1, and a background push has 5.`,
  },
  BadRequestParams: { means: 'a part of the request is not valid', cure: REPORT },
  BadRequestPayload: {
    means: 'the payload is not valid for this request',
    cure: 'Look at `overrides.apns.payload`: a broadcast needs `aps.event` update or end, `timestamp` and `content-state`.',
  },
  BadTopic: { means: 'the topic is not a valid one' },
  BroadcastFeatureNotEnabled: { means: 'broadcasts are not enabled for this app', cure: ENABLE_BROADCASTS },
  ChannelNotRegistered: {
    means: 'this broadcast channel does not exist any more',
    cure: 'Make a new channel at Apple, and let the app subscribe to it.',
  },
  DeviceTokenNotForTopic: {
    means: 'the push token belongs to another app than the topic',
    cure: 'Set `bundle_id` of the app’s file to the bundle id of the build that made the token; an extension or a second app gives its own `bundle_id` with the registration.',
  },
  FeatureNotEnabled: { means: 'the feature is not enabled for this app', cure: ENABLE_BROADCASTS },
  MissingChannelId: { means: 'no channel id was sent', cure: REPORT },
  MissingPushType: { means: 'no push type was sent', cure: REPORT },
  TopicMismatch: { means: 'this key or certificate may not send for this app' },
  DuplicateHeaders: { means: 'a header was sent twice', cure: REPORT },
  IdleTimeout: { means: 'the connection had been idle and was closed' },
  InvalidPushType: {
    means: 'the push type is unknown to APNs',
    cure: `${OVERRIDE}: apns-push-type must be one that Apple lists.`,
  },
  MissingDeviceToken: { means: 'no push token was sent', cure: REPORT },
  MissingTopic: { means: 'no topic was sent' },
  PayloadEmpty: { means: 'the payload is empty', cure: 'Send a title, a body or `data`.' },
  TopicDisallowed: { means: 'this key or certificate may not send to this topic' },
  // 403
  BadCertificate: {
    means: 'the certificate is refused',
    cure: 'It may be revoked or be no push certificate: make a new one at Apple and put it in `certificate`.',
  },
  BadCertificateEnvironment: {
    means: 'the certificate is for the other environment',
    cure: 'Use a certificate for production, or one that covers sandbox and production.',
  },
  ExpiredProviderToken: {
    means: 'a provider token signed just now is called expired',
    cure: 'Set the clock of the gateway’s machine right: provider tokens hold for an hour by Apple’s clock.',
  },
  Forbidden: {
    means: 'Apple forbids this account to send',
    cure: 'Look at the agreements and the membership of the developer account.',
  },
  InvalidProviderToken: {
    means: 'the provider token cannot be verified',
    cure: 'Check that `key`, `key_id` and `team_id` of the app’s file belong together, and that the key was not revoked.',
  },
  MissingProviderToken: {
    means: 'neither a provider token nor a certificate arrived',
    cure: 'Check that a certificate is one for push, or set `key`, `key_id` and `team_id`.',
  },
  UnrelatedKeyIdInToken: {
    means: 'the key does not go with the keys used before on this connection',
    cure: 'Use one key per app and environment: restart the gateway if the key was just replaced.',
  },
  BadEnvironmentKeyIdInToken: {
    means: 'the key is for the other environment',
    cure: 'Use a key made for this environment (sandbox or production), or an older one for both.',
  },
  BadEnvironmentKeyInToken: {
    means: 'the key is for the other environment',
    cure: 'Use a key made for this environment (sandbox or production), or an older one for both.',
  },
  // 404, 405
  BadPath: { means: 'the path of the request is wrong', cure: REPORT },
  MethodNotAllowed: { means: 'the method of the request is wrong', cure: REPORT },
  // 410
  ExpiredToken: { means: 'the push token has expired' },
  Unregistered: { means: 'the app was removed from this device, or its push token was replaced' },
  // 413
  PayloadTooLarge: {
    means: 'the payload is too large',
    cure: 'At most 4,096 bytes of JSON (voip: 5,120): send less text or data, and let the app fetch the rest.',
  },
  // 429
  TooManyProviderTokenUpdates: {
    means: 'provider tokens were renewed too often',
    cure: 'Apple takes a new one every 20 minutes: does another program, or a gateway that restarts again and again, use the same key?',
  },
  TooManyRequests: {
    means: 'this device is throttled',
    cure: 'Send to one device less often, or under one `collapse_key`; what waits is sent again by itself.',
  },
  // 500, 503
  InternalServerError: { means: 'something went wrong at Apple' },
  ServiceUnavailable: { means: 'the service is not available' },
  'Service Unavailable': { means: 'the service is not available' },
  Shutdown: { means: 'the server was shutting down' },
};

/** Whose bundle id made the topic decides who can mend it; the outcome's word tells. */
const TOPIC_CODES: ReadonlySet<string> = new Set(['BadTopic', 'MissingTopic', 'TopicDisallowed', 'TopicMismatch']);

function topicCure(reason: VendorAnswer['reason']): string {
  switch (reason) {
    case 'token_wrong_app':
      return 'The registration brought a `bundle_id` that this key or certificate may not send to: correct it there.';
    case 'payload_rejected':
      return 'The certificate does not cover this push type: use a key (`key`, `key_id`, `team_id`), or a certificate that does.';
    default:
      return 'Set `bundle_id` of the app’s file to the app’s own bundle id, and use a key or certificate of the same team that may send to it.';
  }
}

const NOT_APPLE = 'Look at `endpoints` of the app’s file and at proxies on the way: somebody else answered.';

/** For a reason that Apple had not documented, or a page of somebody on the way. */
const BY_STATUS: Readonly<Record<number, Reading>> = {
  401: { means: 'the request was not let through', cure: NOT_APPLE },
  403: {
    means: 'the credentials are refused',
    cure: 'Check the credentials of the app’s file against Apple’s account.',
  },
  404: { means: 'the path of the request is unknown there', cure: NOT_APPLE },
  405: { means: 'the method of the request is wrong there', cure: NOT_APPLE },
  407: { means: 'a proxy on the way wants credentials', cure: NOT_APPLE },
  408: { means: 'the request did not arrive in time' },
  410: {
    means: 'the address is called gone, without Apple’s word for it',
    cure: NOT_APPLE,
  },
  413: {
    means: 'the payload is too large',
    cure: 'At most 4,096 bytes of JSON (voip: 5,120): send less text or data, and let the app fetch the rest.',
  },
  421: { means: 'the request came to the wrong server' },
  425: { means: 'the request came too early' },
  429: { means: 'too much was sent', cure: 'Send to one device less often; what waits is sent again by itself.' },
  500: { means: 'something went wrong there' },
};

/** See `Interpreting.interpret`. */
export function interpret({ code, status, reason }: VendorAnswer): Reading | undefined {
  const known = code !== undefined && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known !== undefined) {
    return code !== undefined && TOPIC_CODES.has(code) ? { ...known, cure: topicCure(reason) } : known;
  }
  if (status === undefined) return undefined;
  const row = BY_STATUS[status];
  if (row !== undefined) return row;
  if (status >= 500) return { means: 'the service is not available' };
  if (status >= 400) {
    return {
      means: 'the message is refused',
      cure: 'Look at the attempt’s code, and at `overrides.apns` of the message.',
    };
  }
  return status >= 300 ? { means: 'the answer is a redirect, which APNs never gives', cure: NOT_APPLE } : undefined;
}
