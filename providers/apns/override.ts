/** `overrides.apns`: `payload` is a JSON Merge Patch (RFC 7396) on the body, `headers` a short list of fields. */
import type { Json, JsonObject, Misfit } from '../contract.js';
import { isHeaderValue } from '../shared/header-value.js';
import { isJsonObject } from '../shared/merge-patch.js';
import { error } from './misfit.js';
import { isPushTypeName, type Priority, PUSH_TYPES, type PushTypeName } from './push-types.js';

/** Apple, "Sending notification requests to APNs": `apns-collapse-id`. */
export const COLLAPSE_ID_BYTES_MAX = 64;

export interface Override {
  payload?: JsonObject;
  pushType?: PushTypeName;
  priority?: Priority;
  collapseId?: string;
}

/** Pure; what cannot be taken is told in `misfits`. */
export function readOverride(override: JsonObject | undefined, misfits: Misfit[]): Override {
  const read: Override = {};
  for (const [key, value] of Object.entries(override ?? {})) {
    const pointer = `/overrides/apns/${escapePointer(key)}`;
    if ((key !== 'headers' && key !== 'payload') || !isJsonObject(value)) {
      misfits.push(error('override_invalid', 'an override for APNs is {headers: {…}, payload: {…}}', pointer));
    } else if (key === 'headers') {
      for (const [name, field] of Object.entries(value)) readHeader(name, field, read, misfits);
    } else if (Object.hasOwn(value, 'pealbell')) {
      misfits.push(
        error(
          'override_refused',
          '`pealbell` carries what keeps a message from being shown twice',
          `${pointer}/pealbell`,
        ),
      );
    } else {
      read.payload = value;
    }
  }
  return read;
}

function readHeader(name: string, value: Json, read: Override, misfits: Misfit[]): void {
  const pointer = `/overrides/apns/headers/${escapePointer(name)}`;
  const text = typeof value === 'number' ? String(value) : value;
  switch (name) {
    case 'apns-priority':
      if (text === '10' || text === '5' || text === '1') read.priority = text;
      else misfits.push(error('priority_invalid', 'apns-priority is 10, 5 or 1', pointer));
      return;
    case 'apns-push-type':
      if (typeof text === 'string' && isPushTypeName(text)) read.pushType = text;
      else
        misfits.push(
          error('push_type_unsupported', `apns-push-type is one of ${Object.keys(PUSH_TYPES).join(', ')}`, pointer),
        );
      return;
    case 'apns-collapse-id':
      if (typeof text === 'string' && isHeaderValue(text, COLLAPSE_ID_BYTES_MAX)) read.collapseId = text;
      else
        misfits.push(
          error(
            'collapse_key_invalid',
            `apns-collapse-id is up to ${COLLAPSE_ID_BYTES_MAX} printable ASCII characters`,
            pointer,
          ),
        );
      return;
    case 'apns-expiration':
      misfits.push(error('override_refused', 'use `ttl`: the house counts it over all attempts', pointer));
      return;
    default:
      misfits.push(
        error(
          'override_refused',
          'only apns-priority, apns-push-type and apns-collapse-id can be set; address and de-duplication fields cannot',
          pointer,
        ),
      );
  }
}

function escapePointer(key: string): string {
  return key.replace(/~/g, '~0').replace(/\//g, '~1');
}
