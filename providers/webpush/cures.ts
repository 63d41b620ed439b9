/**
 * What push services' answers mean, and what to do about them. Sources: RFC 8030 §5 and §7.3, RFC 8292 §4.2, Apple
 * "Sending web push notifications in web apps and browsers".
 */
import type { Reading, VendorAnswer } from '../contract.js';

const REPORT = 'This is a fault of Pealbell: please report it with the attempt’s detail.';
const OVERRIDE = 'Correct `overrides.webpush.headers` of the message';
const SUBSCRIBE_AGAIN =
  'Let the site subscribe again with the public key of `keys` in the app’s file. Were the keys replaced? Subscriptions live and die with the key they were made with.';
const CREDENTIALS =
  'Check that the two halves of `keys` belong together, that `subject` is a real mailto: or https: contact, and that the clock of the gateway’s machine is right.';
const SHORTER =
  'At most 3,993 bytes before encryption: send less text or data, and let the service worker fetch the rest.';
const SLOWER = 'Send to one browser less often, or under one `collapse_key`; what waits is sent again by itself.';

/** Apple's `reason`; the other services have statuses only. */
const BY_CODE: Readonly<Record<string, Reading>> = {
  BadAuthorizationHeader: { means: 'our VAPID credentials are refused', cure: CREDENTIALS },
  BadJwtToken: { means: 'our VAPID token is refused', cure: CREDENTIALS },
  BadVapidPublicKey: { means: 'our VAPID key is refused', cure: CREDENTIALS },
  VapidPkHashMismatch: { means: 'the subscription was made with another VAPID key', cure: SUBSCRIBE_AGAIN },
  BadPath: {
    means: 'the endpoint is not one of this push service',
    cure: 'Let the site hand in the endpoint exactly as PushManager gives it.',
  },
  MethodNotAllowed: { means: 'the method of the request is wrong', cure: REPORT },
  BadTtl: { means: 'the TTL is refused', cure: 'Use a `delivery.ttl` of at most 30 days.' },
  BadUrgency: { means: 'the urgency is refused', cure: `${OVERRIDE}: urgency is very-low, low, normal or high.` },
  BadWebPushRequest: { means: 'the request is refused', cure: `${OVERRIDE}, or report it with the attempt’s detail.` },
  BadWebPushTopic: {
    means: 'the topic is refused',
    cure: `${OVERRIDE}: topic has at most 32 characters A-Z a-z 0-9 - _.`,
  },
  PayloadTooLarge: { means: 'the message is too large', cure: SHORTER },
  TooManyRequests: { means: 'this browser is throttled', cure: SLOWER },
  IdleTimeout: { means: 'the connection had been idle and was closed' },
  InternalServerError: { means: 'something went wrong there' },
  ServiceUnavailable: { means: 'the service is not available' },
  Shutdown: { means: 'the server was shutting down' },
};

const NOT_THEM =
  'Look at `push_services` of the app’s file and at proxies on the way: somebody else may have answered.';

const BY_STATUS: Readonly<Record<number, Reading>> = {
  400: {
    means: 'the request is refused',
    cure: 'Look at the attempt’s detail and at `overrides.webpush`.',
  },
  401: { means: 'our VAPID credentials are refused', cure: CREDENTIALS },
  403: { means: 'our VAPID credentials are refused', cure: CREDENTIALS },
  404: { means: 'the subscription is gone: the person took the permission back, or the browser ended it' },
  405: { means: 'the method of the request is wrong there', cure: NOT_THEM },
  406: { means: 'this browser is throttled', cure: SLOWER },
  408: { means: 'the request did not arrive in time' },
  410: { means: 'the subscription is gone: the person took the permission back, or the browser ended it' },
  413: { means: 'the message is too large', cure: `${SHORTER} Firefox on Android takes some 2,600.` },
  421: { means: 'the request came to the wrong server' },
  425: { means: 'the request came too early' },
  429: { means: 'this browser is throttled', cure: SLOWER },
};

/** See `Interpreting.interpret`. */
export function interpret({ code, status, reason }: VendorAnswer): Reading | undefined {
  const known = code !== undefined && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known !== undefined) return known;
  if (status === undefined) return undefined;
  // The key was taken from others: what these two statuses refuse is then the subscription.
  if ((status === 401 || status === 403) && reason === 'token_wrong_app') {
    return { means: 'the subscription was made with another VAPID key', cure: SUBSCRIBE_AGAIN };
  }
  const row = BY_STATUS[status];
  if (row !== undefined) return row;
  if (status >= 500) return { means: 'the service is not available' };
  if (status >= 400) {
    return { means: 'the message is refused', cure: 'Look at the attempt’s detail and at `overrides.webpush`.' };
  }
  return status >= 300
    ? {
        means: 'the endpoint has moved, and redirects are not followed',
        cure: 'Let the site hand in the endpoint that its browser has now.',
      }
    : undefined;
}
