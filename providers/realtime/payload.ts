/** A message to what a `push` frame says of it on every connection (docs/realtime-protocol.md). Pure. */
import type { JsonObject, Message, Misfit, Notification } from '../contract.js';
import { isJsonObject, mergePatch } from '../shared/merge-patch.js';

/** Half of what a frame may have, so that what belongs to one connection always finds room beside it. */
export const BODY_BYTES_MAX = 32 * 1_024;
/** A mailbox keeps a letter for as long as a message may live. */
export const TTL_SECONDS_MAX = 30 * 24 * 60 * 60;
/** By these a device knows a message again and when it is over, or they belong to one connection. */
const PROTECTED = ['t', 'seq', 'id', 'cursor', 'tag', 'show', 'expires_at'];

export interface Compilation {
  /**
   * JSON text; absent where a misfit of severity `error` is. It follows from the message alone, so that it is the same at
   * every attempt: nothing of it may come from the app's file, which can change in between.
   */
  readonly body?: string;
  readonly misfits: readonly Misfit[];
}

export function compile(message: Message): Compilation {
  const misfits = overrideMisfits(message.override);
  const body = JSON.stringify(mergePatch(bodyOf(message), withoutProtected(message.override)));
  const bytes = Buffer.byteLength(body, 'utf8');
  if (bytes > BODY_BYTES_MAX) {
    misfits.push({
      severity: 'error',
      code: 'payload_too_large',
      detail: `the frame has ${bytes} bytes of JSON; a connection takes ${BODY_BYTES_MAX}`,
    });
  }
  return misfits.length > 0 ? { misfits } : { body, misfits };
}

function bodyOf({ id, collapseKey, notification, data, expiresAt }: Message): JsonObject {
  return {
    id,
    tag: collapseKey ?? id,
    ...(notification === undefined ? {} : { notification: notificationOf(notification) }),
    ...(data === undefined ? {} : { data }),
    expires_at: new Date(expiresAt ?? 0).toISOString(), // only checked: as long as the real one
  };
}

/** The words of `POST /v1/messages`. */
function notificationOf({ click, media, actions, ...rest }: Notification): JsonObject {
  return {
    ...rest,
    ...(media === undefined ? {} : { media: media.map((each) => ({ ...each })) }),
    ...(click === undefined
      ? {}
      : {
          click: {
            ...(click.url === undefined ? {} : { url: click.url }),
            ...(click.deepLink === undefined ? {} : { deep_link: click.deepLink }),
          },
        }),
    ...(actions === undefined ? {} : { actions: actions.map((each) => ({ ...each })) }),
  };
}

function overrideMisfits(override: JsonObject | undefined): Misfit[] {
  const misfits: Misfit[] = [];
  for (const [key, value] of Object.entries(override ?? {})) {
    const pointer = `/overrides/realtime/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`;
    if (PROTECTED.includes(key)) {
      const detail = `\`${key}\` is how a device knows the message again; it cannot be overridden`;
      misfits.push({ severity: 'error', code: 'override_refused', detail, pointer });
    } else if ((key === 'notification' || key === 'data') && value !== null && !isJsonObject(value)) {
      const detail = `\`${key}\` is an object, or null to take it away`;
      misfits.push({ severity: 'error', code: 'override_invalid', detail, pointer });
    }
  }
  return misfits;
}

function withoutProtected(override: JsonObject | undefined): JsonObject {
  return Object.fromEntries(Object.entries(override ?? {}).filter(([key]) => !PROTECTED.includes(key)));
}
