import type { ProblemCode } from './problem.js';

/** Codes that callers see. The others are `internal_error` to them: what is wrong there is the operator's to know. */
export type PublicCode = Exclude<ProblemCode, 'store_locked' | 'store_corrupt' | 'bus_unavailable' | 'config_invalid'>;

/** What the page of a code says. Words in backquotes are code. */
export interface ProblemText {
  readonly means: string;
  readonly remedy: string;
  /** A `detail` as it may come. */
  readonly example: string;
}

/** One page for each code; the type sees to it that none is forgotten. */
export const PROBLEM_TEXTS: Readonly<Record<PublicCode, ProblemText>> = {
  malformed_json: {
    means:
      'The body could not be read as JSON, or holds what no request may: NUL or half of a surrogate pair in text, a key such as `__proto__`, more than 32 levels, or an object with more than 1,000 keys. Nothing was done.',
    remedy: 'Look at the place that `detail` names. Let a JSON library write the body, and send it as UTF-8.',
    example: 'there is something unexpected at line 1, column 14 (offset 13)',
  },
  malformed_request: {
    means:
      'The bytes are not a valid HTTP request, the percent-encoding of the path is broken, or the connection ended before the body had arrived. Nothing was done.',
    remedy: 'Percent-encode ids that you put into paths, and keep control characters out of headers.',
    example: 'the path is not validly percent-encoded',
  },
  unauthorized: {
    means: 'The call showed no server key, or one that is unknown, mistyped, revoked or expired.',
    remedy:
      'Send `Authorization: Bearer pealbell_key_…`. `pealbell keys list` shows which keys live, `pealbell keys create` makes one.',
    example: 'this server key was revoked',
  },
  missing_scope: {
    means: 'The key is good, but may not do this. `detail` names the scope that is missing.',
    remedy:
      'Make a key with that scope. Named users, devices and push tokens need `messages:send`; topics, filters and everyone need `messages:broadcast`.',
    example: "this needs a key with the scope 'messages:broadcast'",
  },
  token_refused: {
    means:
      'The call showed no access token, or one that is not good here: its signature, issuer, audience or form is wrong, or a ticket was used twice or too late.',
    remedy:
      'Let your server sign access tokens as `realtime.keys` of the app says, or make them with `POST /v1/realtime/tokens`. A server key is no access token.',
    example: 'send the access token as Authorization: Bearer …',
  },
  token_expired: {
    means: 'The access token was good and has ended.',
    remedy: 'Ask your server for a new one and call again.',
    example: 'the access token expired at 2026-11-21T18:00:00Z',
  },
  access_revoked: {
    means: 'The access of this device, user or token was revoked after the token was made.',
    remedy: 'Let the person log in again, and make a new access token then.',
    example: 'this access was revoked; log in again',
  },
  foreign_origin: {
    means: 'A page called whose origin the app does not name.',
    remedy: 'Name it in `realtime.origins` of the app, such as `https://shop.example`.',
    example: 'pages of this origin may not call here: name it in realtime.origins of the app',
  },
  not_theirs: {
    means: 'The access token is of one user, and the device belongs to another now.',
    remedy: 'Make an access token for whoever is logged in on the device.',
    example: 'the device belongs to another user',
  },
  unknown_device: {
    means: 'The access token names a device that is not registered.',
    remedy: 'Register it first, with `PUT /v1/devices/{id}` from your server.',
    example: 'there is no such device; register it first',
  },
  no_realtime: {
    means: 'The app that the access token names has no `realtime` section, or does not exist here.',
    remedy: 'Write `realtime: {}` into the file of the app.',
    example: "the app 'shop' has no realtime road",
  },
  replaced: {
    means: 'While this connection was being let in, the same device connected once more; the newer one counts.',
    remedy: 'Keep one connection for each device, and do not come back with this one.',
    example: 'a newer connection of the device is there',
  },
  draining: {
    means: 'The process that held the connection is shutting down.',
    remedy: 'Come back after `Retry-After`; another process, or the same one started again, may answer.',
    example: 'this process is shutting down; come back soon',
  },
  upgrade_required: {
    means: 'The address is for WebSockets, and the request asks for none.',
    remedy: 'Connect with a WebSocket client and the subprotocol `pealbell.v1`; `/v1/realtime/sse` speaks plain HTTP.',
    example: 'connect with a WebSocket client',
  },
  too_many_connections: {
    means: 'One address has as many connections as `realtime.connections_per_address` allows.',
    remedy:
      'Come back after `Retry-After`. Behind a proxy, name it in `server.trusted_proxies`, or all devices seem to come from its address.',
    example: 'an address has at most 100 connections at a time',
  },
  app_mismatch: {
    means: 'The key is bound to one app, and `X-App` names another.',
    remedy: 'Leave `X-App` out, or use a key of the app that you mean.',
    example: "this key belongs to the app 'shop'; leave X-App out",
  },
  test_keys_off: {
    means: 'A test key reaches simulators only, and this gateway has none.',
    remedy: 'Set `simulators: embedded` in `gateway.yaml`, or use a key that does not begin with `pealbell_test_`.',
    example: 'test keys are switched off; set simulators in gateway.yaml',
  },
  not_found: {
    means: 'No operation has this path.',
    remedy: 'Compare the path with `/docs`. Paths have no slash at their end, and case counts.',
    example: 'no such resource; /openapi.json lists what there is',
  },
  app_not_found: {
    means: 'The key, or `X-App`, names an app that has no file in the configuration.',
    remedy: 'The file of an app `shop` is `config/apps/shop.yaml`. A new file is taken up while the gateway runs.',
    example: "there is no app 'shopp'; did you mean 'shop'?",
  },
  provider_not_found: {
    means: "The app's file has no provider of this name.",
    remedy: '`GET /v1/providers` lists those that it has.',
    example: "there is no provider 'apn'; did you mean 'apns'?",
  },
  webhook_not_found: {
    means: 'This app has no webhook endpoint with this id. Test keys have endpoints of their own.',
    remedy: '`GET /v1/webhook-endpoints` lists those that it has.',
    example: 'this app has no webhook endpoint with this id',
  },
  webhook_delivery_not_found: {
    means:
      'This endpoint has no delivery with this id: it never had, or it was settled longer ago than events are kept.',
    remedy: '`GET /v1/webhook-endpoints/{id}/deliveries` lists those that there are.',
    example: 'this endpoint has no delivery with this id: it never had, or its retention is over',
  },
  webhook_in_file: {
    means:
      'The endpoint stands in the file of the app, and what stands there is changed there alone. Nothing was done.',
    remedy:
      'Change the file that `detail` names; it is taken up while the gateway runs. Pausing, tests and replays work.',
    example: 'this endpoint stands in the file of the app, apps/shop.yaml, under webhooks.crm: change it there',
  },
  too_many_webhooks: {
    means: 'The app has as many webhook endpoints as an app may have, those of its file among them.',
    remedy: 'Delete one that nobody needs, or have one told of more events: `events: ["*"]`.',
    example: 'an app has at most 100 endpoints: delete one, or have one told of more events',
  },
  too_many_secrets: {
    means: 'The secret was rotated so often that as many secrets sign at once as may.',
    remedy: 'Wait until one of them has ended, or rotate with `"overlap": "0s"`, which ends all others at once.',
    example: '5 secrets sign already: wait until one of them has ended, or rotate with overlap "0s"',
  },
  message_not_found: {
    means: 'This app has no message with this id: it never had, or its retention is over.',
    remedy: 'Ask with a key of the app that sent it. `retention.messages` says how long messages are kept.',
    example: 'this app has no message with this id',
  },
  device_not_found: {
    means: 'This app has no device with this id.',
    remedy: '`PUT /v1/devices/{id}` makes it; `PATCH` only changes what exists.',
    example: 'this app has no device with this id',
  },
  user_not_found: {
    means: 'This app knows the user neither by a record nor by a device.',
    remedy: '`PUT /v1/users/{id}` makes a record; a device that names a user makes the user known too.',
    example: 'this app has no user with this id',
  },
  key_not_found: {
    means: 'There is no server key with this id.',
    remedy: '`pealbell keys list` shows the ids.',
    example: 'there is no key with this id',
  },
  method_not_allowed: {
    means: 'The path exists, but not with this method.',
    remedy: 'The header `Allow` lists the methods that it has.',
    example: 'here only GET, HEAD is possible',
  },
  request_timeout: {
    means: 'The headers or the body did not arrive in time (10 s and 30 s). Nothing was done.',
    remedy: 'Send it again. Many devices are better sent as a stream to `POST /v1/devices/import`.',
    example: 'no whole body within 30 s',
  },
  idempotency_in_progress: {
    means: 'The first call with this `Idempotency-Key` is still running.',
    remedy: 'Repeat the same call after `Retry-After`; it is answered as the first one was.',
    example: 'a call with this key is still running',
  },
  payload_too_large: {
    means: 'The body is larger than `limits.body` (1 MB unless the operator chose otherwise). Nothing was done.',
    remedy: 'Split the call. An import may be of any length: there the limit is for each line.',
    example: 'the body is larger than 1048576 bytes',
  },
  unsupported_media_type: {
    means: 'The body is not of the type that this operation reads, not UTF-8, or compressed.',
    remedy: 'Send `Content-Type: application/json` (an import: `application/x-ndjson`) and no `Content-Encoding`.',
    example: "Content-Type must be application/json in UTF-8; got 'text/plain'",
  },
  validation_failed: {
    means:
      'The body or a parameter is not as it should be. `errors` lists every fault at once, each with its place (`pointer` into the body, or the name of a `parameter`), a code and a sentence. Nothing was done.',
    remedy: 'Mend each fault of the list. The same call without mending it will fail in the same way.',
    example: '1 field is wrong',
  },
  app_required: {
    means: 'The key is not bound to an app, and the call names none.',
    remedy: 'Name the app with `X-App`, or use a key that is bound to one.',
    example: 'this key is not bound to an app; name one with the header X-App',
  },
  idempotency_mismatch: {
    means: 'This `Idempotency-Key` was used with another body within the last 48 h. Nothing was sent.',
    remedy: 'Use a new key for a new message. Key order and white space of the body do not count as differences.',
    example: 'this key was used with another body',
  },
  config_refused: {
    means: 'The configuration that was to be taken up is faulty. The one in force stays as it is, whole.',
    remedy: 'Mend what `errors` lists; `pealbell config check` says the same without touching the running gateway.',
    example: 'the files have 1 fault; the configuration in force stays as it is',
  },
  audience_too_large: {
    means: 'The message would reach more devices than `max_devices`, or than the house allows. Nothing was sent.',
    remedy: 'If so many are meant, say so in `max_devices`.',
    example: 'more than 100000 devices; say max_devices to allow it',
  },
  rate_limited: {
    means:
      'The key has used what it may ask of this process (`limits.per_key`). A batch counts each of its messages. Nothing of this call was done.',
    remedy:
      'Wait as many seconds as `Retry-After` says and repeat the call. `RateLimit` on every answer tells what is left; `RateLimit-Policy` what there is at all.',
    example: 'this key has used what it may (2000 within 1 s); nothing of this call was done',
  },
  headers_too_large: {
    means: 'The path and the headers are larger than 16 kB together.',
    remedy: 'Cookies and long tracing headers are what usually grows; none of them is needed here.',
    example: 'the path and the headers are larger than 16 kB together',
  },
  internal_error: {
    means: 'Something failed that should not. What it was stands in the log of the gateway, never in the answer.',
    remedy:
      'Look for `request_id` in the log. A send with an `Idempotency-Key` may be repeated without sending it twice.',
    example: '',
  },
  overloaded: {
    means: 'This process answers as many requests as it can hold. Nothing was done.',
    remedy: 'Repeat the call after `Retry-After`, with the same `Idempotency-Key`.',
    example: 'too many requests are running; come back soon',
  },
  disk_full: {
    means: 'The disk of the embedded database is nearly full, so nothing new is accepted. What was accepted goes on.',
    remedy: 'Free space, then repeat the call. Retention and a Postgres server are the lasting remedies.',
    example: 'less than 64 MB are free',
  },
  store_unavailable: {
    means: 'The database does not answer. Nothing was accepted that was not answered with success.',
    remedy: 'Repeat the call after `Retry-After`, with the same `Idempotency-Key`. `/readyz` says when it is back.',
    example: 'the store does not answer',
  },
  queue_unavailable: {
    means: 'The work queue does not answer.',
    remedy: 'Repeat the call after `Retry-After`. `/readyz` says when it is back.',
    example: 'the queue does not answer',
  },
  channel_not_found: {
    means:
      'The vendor knows no broadcast channel with this id for this app in this environment: it was deleted, or never was.',
    remedy: 'List the channels, and name the `environment` it was made in: sandbox and production have their own.',
    example: 'the vendor knows no such channel of this app in this environment',
  },
  vendor_refused: {
    means: 'The vendor was asked and refuses; `detail` has its word and, where one is known, what to do.',
    remedy:
      'Do what `detail` says: it is most often a setting at the vendor, or a bundle id that the credentials are not for.',
    example: 'APNs refuses (400 TopicDisallowed): this key or certificate may not send to this topic',
  },
  vendor_unreachable: {
    means: 'The vendor gave no answer in time, or one that says that it cannot do this now.',
    remedy: 'Repeat the call after `Retry-After`. Where it makes something new, list first: it may have been made.',
    example: 'APNs cannot do it now (503 ServiceUnavailable)',
  },
  simulators_unreachable: {
    means: 'The test key is good, but the simulators that it would reach do not answer.',
    remedy: 'Start `pealbell simulate`, and see that `simulators` in `gateway.yaml` is the URL of its control port.',
    example: 'the simulators do not answer',
  },
  shutting_down: {
    means: 'This process is being stopped. Nothing was done.',
    remedy: 'Repeat the call: another process, or the next one, takes it.',
    example: 'this process is shutting down',
  },
};
