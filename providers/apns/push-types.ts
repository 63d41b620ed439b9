/**
 * What each `apns-push-type` asks for: one row each. Apple: "Sending notification requests to APNs",
 * header fields; "Generating a remote notification", sizes. What a type asks of the body is in
 * `body-rules.ts`.
 */
import { BROADCAST } from './broadcast.js';

export interface PushType {
  /** The purpose of a registration whose addresses take this type. */
  readonly purpose: string;
  /** Appended to the bundle id for `apns-topic`; `null` where the certificate itself names the topic. */
  readonly topicSuffix: string | null;
  /** Allowed values of `apns-priority`; others are an error, a delay or a silent drop. */
  readonly priorities: readonly Priority[];
  /** Stands in for a message's priority that is not allowed. */
  readonly priorityDefault: Priority;
  /** UTF-8 bytes of the JSON body at most. */
  readonly payloadBytesMax: number;
  /** Broadcast channels take this type too, with so many bytes at most. */
  readonly broadcastBytesMax?: number;
  /** The one way of authentication with which APNs takes this type; any when absent. */
  readonly auth?: 'token' | 'certificate';
}

/** 10 at once, 5 with the device's battery in mind, 1 never wakes it. */
export type Priority = '10' | '5' | '1';

const ANY = ['10', '5', '1'] as const;
const AWAKE = ['10', '5'] as const;

export const PUSH_TYPES = {
  alert: { purpose: 'alert', topicSuffix: '', priorities: ANY, priorityDefault: '10', payloadBytesMax: 4096 },
  background: { purpose: 'alert', topicSuffix: '', priorities: ['5'], priorityDefault: '5', payloadBytesMax: 4096 },
  complication: {
    purpose: 'complication',
    topicSuffix: '.complication',
    priorities: ANY,
    priorityDefault: '10',
    payloadBytesMax: 4096,
  },
  controls: {
    purpose: 'control',
    topicSuffix: '.push-type.controls',
    priorities: ANY,
    priorityDefault: '10',
    payloadBytesMax: 4096,
  },
  fileprovider: {
    purpose: 'file_provider',
    topicSuffix: '.pushkit.fileprovider',
    priorities: ANY,
    priorityDefault: '10',
    payloadBytesMax: 4096,
  },
  // 10 counts against the device's hourly budget. That certificates do not serve is no row of Apple's table, but
  // its ActivityKit pages speak of token-based connections alone.
  liveactivity: {
    purpose: 'live_activity',
    topicSuffix: '.push-type.liveactivity',
    priorities: AWAKE,
    priorityDefault: '5',
    payloadBytesMax: 4096,
    broadcastBytesMax: 5120,
    auth: 'token',
  },
  location: {
    purpose: 'location',
    topicSuffix: '.location-query',
    priorities: AWAKE,
    priorityDefault: '5',
    payloadBytesMax: 4096,
    auth: 'token',
  },
  // The topic is the UID of the MDM vendor's push certificate, which no token stands for.
  mdm: {
    purpose: 'mdm',
    topicSuffix: null,
    priorities: ANY,
    priorityDefault: '10',
    payloadBytesMax: 4096,
    auth: 'certificate',
  },
  // A call or a speaker that waits for a better moment is none: 10 whatever the message says.
  pushtotalk: {
    purpose: 'push_to_talk',
    topicSuffix: '.voip-ptt',
    priorities: ['10'],
    priorityDefault: '10',
    payloadBytesMax: 4096,
  },
  voip: { purpose: 'voip', topicSuffix: '.voip', priorities: ['10'], priorityDefault: '10', payloadBytesMax: 5120 },
  widgets: {
    purpose: 'widget',
    topicSuffix: '.push-type.widgets',
    priorities: ANY,
    priorityDefault: '10',
    payloadBytesMax: 4096,
  },
} as const satisfies Readonly<Record<string, PushType>>;

export type PushTypeName = keyof typeof PUSH_TYPES;

export function isPushTypeName(name: string): name is PushTypeName {
  return Object.hasOwn(PUSH_TYPES, name);
}

// Object.keys of a constant whose type names every key.
const NAMES = Object.keys(PUSH_TYPES) as readonly PushTypeName[];

/** Types that addresses of this purpose take: two for `alert`, one for others, none where the purpose is unknown. */
export function pushTypesFor(purpose: string): readonly PushTypeName[] {
  if (purpose === BROADCAST) return NAMES.filter((name) => rowOf(name).broadcastBytesMax !== undefined);
  return NAMES.filter((name) => PUSH_TYPES[name].purpose === purpose);
}

/** Bytes of the body at most, for addresses of this purpose. */
export function payloadBytesMax(name: PushTypeName, purpose: string): number {
  const { broadcastBytesMax, payloadBytesMax: toDevices } = rowOf(name);
  return purpose === BROADCAST && broadcastBytesMax !== undefined ? broadcastBytesMax : toDevices;
}

/** With the fields that only some rows have. */
function rowOf(name: PushTypeName): PushType {
  return PUSH_TYPES[name];
}
