/**
 * What each push type asks of the body. A body that does not match its type is answered with an error, held back
 * or dropped without a word (Apple, "Sending notification requests to APNs", apns-push-type), so it is refused
 * here. Keys: Apple, "Generating a remote notification", "Starting and updating Live Activities with ActivityKit
 * push notifications"; "Sending MDM commands to a device".
 */
import type { Json, JsonObject, Message, Misfit } from '../contract.js';
import { isJsonObject } from '../shared/merge-patch.js';
import { error } from './misfit.js';
import { type PushTypeName, pushTypesFor } from './push-types.js';

const HEADER = '/overrides/apns/headers/apns-push-type';
const APS = '/overrides/apns/payload/aps';

/** `alert`, `badge` or `sound`: the person notices. */
export function isVisible(body: Json): boolean {
  const aps = isJsonObject(body) ? body.aps : undefined;
  return isJsonObject(aps) && ['alert', 'badge', 'sound'].some((key) => Object.hasOwn(aps, key));
}

/** Pure: every reason why APNs or the device would not take `body` for what `pushType` says. */
export function checkBody(pushType: PushTypeName, body: Json, message: Message): readonly Misfit[] {
  if (pushType === 'mdm') return checkMdm(body, message);
  const aps = isJsonObject(body) ? body.aps : undefined;
  if (!isJsonObject(aps)) {
    return [error('aps_missing', 'the override removes `aps`, without which APNs shows nothing', APS)];
  }
  switch (pushType) {
    case 'alert':
    case 'background':
      return checkNotice(pushType, body, message);
    case 'liveactivity':
      return checkLiveActivity(aps);
    case 'controls':
    case 'widgets':
      return [
        ...checkUnseen(pushType, body, message),
        ...(aps['content-changed'] === true
          ? []
          : [error('content_changed_missing', `${pushType} asks for aps.content-changed: true`, APS)]),
      ];
    case 'complication':
    case 'fileprovider':
    case 'location':
      return checkUnseen(pushType, body, message);
    case 'pushtotalk':
    case 'voip':
      return []; // the body is between the app and its server
    default: {
      const never: never = pushType;
      return never;
    }
  }
}

function checkNotice(pushType: 'alert' | 'background', body: Json, { notification }: Message): readonly Misfit[] {
  const isSeen = isVisible(body);
  if (notification !== undefined && !isSeen) {
    return [
      error('notification_empty', 'a visible message needs a title, a body, a badge or a sound', '/notification'),
    ];
  }
  if (pushType === 'background' && isSeen) {
    return [error('push_type_mismatch', 'a background push carries no alert, badge or sound', HEADER)];
  }
  if (pushType === 'alert' && !isSeen) {
    return [error('push_type_mismatch', 'an alert push carries an alert, a badge or a sound', HEADER)];
  }
  return [];
}

/** For types that wake code and show nothing themselves. */
function checkUnseen(pushType: PushTypeName, body: Json, { notification }: Message): readonly Misfit[] {
  if (notification === undefined && !isVisible(body)) return [];
  return [error('push_type_mismatch', `${pushType} shows nothing: leave the notification out`, HEADER)];
}

function checkLiveActivity(aps: JsonObject): readonly Misfit[] {
  const missing = (key: string, what: string): Misfit =>
    error('live_activity_incomplete', `a Live Activity push needs aps.${key}: ${what}`, `${APS}/${key}`);
  const { event, timestamp } = aps;
  const faults: Misfit[] = [];
  if (event !== 'start' && event !== 'update' && event !== 'end') faults.push(missing('event', 'start, update or end'));
  // Not made up here: it orders updates, and a repeated attempt must not overtake a newer one.
  if (!(typeof timestamp === 'number' && Number.isSafeInteger(timestamp) && timestamp > 0)) {
    faults.push(missing('timestamp', 'when the content was true, in whole seconds since 1970'));
  } else if (timestamp > SECONDS_MAX) {
    faults.push(missing('timestamp', 'in seconds, not milliseconds'));
  }
  // An end may leave it out: then the last state stays as it is.
  const mayLackState = event === 'end' && !Object.hasOwn(aps, 'content-state');
  if (!mayLackState && !isJsonObject(aps['content-state'])) {
    faults.push(missing('content-state', 'an object, the ContentState of the activity'));
  }
  if (event === 'start') {
    const type = aps['attributes-type'];
    if (typeof type !== 'string' || type === '') faults.push(missing('attributes-type', 'the name of the Swift type'));
    if (!isJsonObject(aps.attributes)) faults.push(missing('attributes', 'an object'));
    if (!Object.hasOwn(aps, 'alert')) faults.push(missing('alert', 'a start is announced; give the message a title'));
  }
  return faults;
}

/** Year 5138; a timestamp in milliseconds lies beyond it. */
const SECONDS_MAX = 100_000_000_000;

/** The whole body is the device's PushMagic; there is no `aps`. */
function checkMdm(body: Json, { notification }: Message): readonly Misfit[] {
  const keys = isJsonObject(body) ? Object.keys(body) : [];
  const magic = isJsonObject(body) ? body.mdm : undefined;
  if (notification === undefined && keys.length === 1 && typeof magic === 'string' && magic !== '') return [];
  return [
    error(
      'mdm_body_invalid',
      'the body of an MDM push is the PushMagic of the device and nothing else: data or payload {"mdm": "…"}',
      '/overrides/apns/payload',
    ),
  ];
}

/** Whether an address of this purpose takes that type; `alert` addresses take what the caller says. */
export function checkPurpose(purpose: string, pushType: PushTypeName): readonly Misfit[] {
  if (purpose === 'alert' || pushTypesFor(purpose).includes(pushType)) return [];
  return [error('push_type_mismatch', `a registration of purpose ${purpose} takes no ${pushType} push`, HEADER)];
}
