/** The body of `messages:send`, field by field. Source: FCM v1 reference, "Message" and what it is made of. */
import { enumOf, listOf, message, type Shape, STRING_MAP } from './proto-json.js';

const OPTIONS = message({ analytics_label: 'string' });

const LIGHT_SETTINGS = message({
  color: message({ red: 'float', green: 'float', blue: 'float', alpha: 'float' }),
  light_on_duration: 'duration',
  light_off_duration: 'duration',
});

const ANDROID_NOTIFICATION = message({
  title: 'string',
  body: 'string',
  icon: 'string',
  color: 'string',
  sound: 'string',
  tag: 'string',
  click_action: 'string',
  body_loc_key: 'string',
  body_loc_args: listOf('string'),
  title_loc_key: 'string',
  title_loc_args: listOf('string'),
  channel_id: 'string',
  ticker: 'string',
  sticky: 'bool',
  event_time: 'timestamp',
  local_only: 'bool',
  notification_priority: enumOf(
    'google.firebase.fcm.v1.AndroidNotification.NotificationPriority',
    ...['PRIORITY_UNSPECIFIED', 'PRIORITY_MIN', 'PRIORITY_LOW', 'PRIORITY_DEFAULT', 'PRIORITY_HIGH', 'PRIORITY_MAX'],
  ),
  default_sound: 'bool',
  default_vibrate_timings: 'bool',
  default_light_settings: 'bool',
  vibrate_timings: listOf('duration'),
  visibility: enumOf(
    'google.firebase.fcm.v1.AndroidNotification.Visibility',
    ...['VISIBILITY_UNSPECIFIED', 'PRIVATE', 'PUBLIC', 'SECRET'],
  ),
  notification_count: 'int32',
  light_settings: LIGHT_SETTINGS,
  image: 'string',
  bypass_proxy_notification: 'bool',
  proxy: enumOf(
    'google.firebase.fcm.v1.AndroidNotification.Proxy',
    ...['PROXY_UNSPECIFIED', 'ALLOW', 'DENY', 'IF_PRIORITY_LOWERED'],
  ),
});

const ANDROID = message({
  collapse_key: 'string',
  priority: enumOf('google.firebase.fcm.v1.AndroidMessagePriority', 'NORMAL', 'HIGH'),
  ttl: 'duration',
  restricted_package_name: 'string',
  data: STRING_MAP,
  notification: ANDROID_NOTIFICATION,
  fcm_options: OPTIONS,
  direct_boot_ok: 'bool',
  bandwidth_constrained_ok: 'bool',
  restricted_satellite_ok: 'bool',
});

const APNS = message({
  headers: STRING_MAP,
  payload: 'struct',
  fcm_options: message({ analytics_label: 'string', image: 'string' }),
  live_activity_token: 'string',
});

const WEBPUSH = message({
  headers: STRING_MAP,
  data: STRING_MAP,
  notification: 'struct',
  fcm_options: message({ link: 'string', analytics_label: 'string' }),
});

export const SEND_REQUEST: Shape = message({
  validate_only: 'bool',
  message: message({
    name: 'string',
    data: STRING_MAP,
    notification: message({ title: 'string', body: 'string', image: 'string' }),
    android: ANDROID,
    webpush: WEBPUSH,
    apns: APNS,
    fcm_options: OPTIONS,
    token: 'string',
    fid: 'string',
    topic: 'string',
    condition: 'string',
  }),
});

type Strings = Readonly<Record<string, string>>;

/** A request that fits `SEND_REQUEST`, as far as further rules look at it. */
export interface SendRequest {
  readonly validate_only?: boolean;
  readonly message?: FcmMessage;
}

export interface FcmMessage {
  readonly token?: string;
  readonly fid?: string;
  readonly topic?: string;
  readonly condition?: string;
  readonly data?: Strings;
  readonly notification?: Strings;
  readonly fcm_options?: Labelled;
  readonly android?: {
    readonly ttl?: string;
    readonly data?: Strings;
    readonly notification?: Readonly<Record<string, unknown>>;
    readonly fcm_options?: Labelled;
  };
  readonly apns?: {
    readonly headers?: Strings;
    readonly payload?: Readonly<Record<string, unknown>>;
    readonly fcm_options?: Labelled;
  };
  readonly webpush?: {
    readonly headers?: Strings;
    readonly data?: Strings;
    readonly notification?: Readonly<Record<string, unknown>>;
    readonly fcm_options?: Labelled & { readonly link?: string };
  };
}

interface Labelled {
  readonly analytics_label?: string;
}
