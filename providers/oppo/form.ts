/** OPPO's requests: forms in UTF-8, with JSON inside one field where it is nested. Pure. */
import { createHash } from 'node:crypto';
import type { Json, JsonObject, Target } from '../contract.js';
import type { VendorRequest } from '../shared/vendor-provider.js';
import type { Compiled } from './payload.js';
import type { OppoOptions } from './settings.js';

const HEADERS = Object.freeze({ 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' });

/** `fields` is a form already, without the access token. */
export function post(path: string, fields: string, token: string, options: OppoOptions): VendorRequest {
  if (options.auth_token_in === 'header') {
    return { method: 'POST', path, headers: HEADERS, own: { auth_token: token }, body: Buffer.from(fields, 'latin1') };
  }
  const body = Buffer.from(`auth_token=${encodeURIComponent(token)}&${fields}`, 'latin1');
  return { method: 'POST', path, headers: HEADERS, body };
}

/** Lower-case hex SHA-256 of key, time and secret, with nothing between them. */
export function signature(appKey: string, timestamp: string, masterSecret: string): string {
  return createHash('sha256').update(`${appKey}${timestamp}${masterSecret}`).digest('hex');
}

export function authRequest(options: OppoOptions, nowMs: number): VendorRequest {
  const timestamp = String(nowMs);
  const fields = formOf({
    app_key: options.app_key,
    timestamp,
    sign: signature(options.app_key, timestamp, options.master_secret),
  });
  return { method: 'POST', path: '/server/v1/auth', headers: HEADERS, body: Buffer.from(fields, 'latin1') };
}

export function formOf(fields: JsonObject): string {
  return Object.entries(fields)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(asText(value))}`)
    .join('&');
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The `messages` of `unicast_batch`, in as many forms as `request_bytes_max` asks for. What is the same for all devices
 * is made once; `app_message_id` is the device's own, since OPPO shows one only once.
 */
export function batchForms(
  { notification }: Pick<Compiled, 'notification'>,
  targets: readonly Target[],
  options: OppoOptions,
): readonly { readonly targets: readonly Target[]; readonly fields: string }[] {
  const before = encodeURIComponent('{"target_type":2,"target_value":');
  const shared = JSON.stringify(notification).slice(0, -1);
  const between = encodeURIComponent(
    `,"verify_registration_id":${options.verify_registration_id},"notification":${shared},"app_message_id":`,
  );
  const after = encodeURIComponent('}}');
  const roomFor = options.request_bytes_max - 1_000; // the access token, and the field's name
  const forms: { targets: Target[]; fields: string }[] = [];
  let pieces: string[] = [];
  let named: Target[] = [];
  let bytes = 0;
  const end = () => {
    if (named.length > 0) forms.push({ targets: named, fields: `messages=%5B${pieces.join('%2C')}%5D` });
    pieces = [];
    named = [];
    bytes = 0;
  };
  for (const target of targets) {
    const token = encodeURIComponent(JSON.stringify(target.pushToken));
    const id = encodeURIComponent(JSON.stringify(target.notificationId));
    const piece = `${before}${token}${between}${id}${after}`;
    if (bytes + piece.length + 3 > roomFor) end();
    pieces.push(piece);
    named.push(target);
    bytes += piece.length + 3;
  }
  end();
  return forms;
}
