/** What a push brings (the gateway's `providers/webpush/payload.ts`), as the browser is to show it. Pure. */

export interface PushContent {
  readonly id: string;
  readonly tag: string;
  /** What the app's own code gets, of the message as a whole. */
  readonly data: unknown;
  /** Absent of a message that is data only. */
  readonly shown?: { readonly title: string; readonly options: Readonly<Record<string, unknown>> };
}

/** Kept with a notification for the click. */
export interface NotificationMemory {
  readonly id: string;
  readonly url?: string;
  readonly deepLink?: string;
  /** By action. */
  readonly urls: Readonly<Record<string, string>>;
  readonly data?: unknown;
}

/** @returns undefined for a push that is not this gateway's */
export function readPayload(value: unknown): PushContent | undefined {
  const body = objectOf(value);
  const ours = objectOf(body?.pealbell);
  if (body === undefined || typeof ours?.id !== 'string' || typeof ours.tag !== 'string') return undefined;
  const { id, tag } = ours;
  const notification = objectOf(body.notification);
  if (notification === undefined) return { id, tag, data: body.data };
  const {
    title,
    navigate,
    actions,
    app_badge: _badge,
    media: _media,
    sound: _sound,
    thread: _thread,
    ...rest
  } = notification;
  const click = objectOf(ours.click);
  const url = textOf(click?.url) ?? textOf(navigate);
  const deepLink = textOf(click?.deep_link);
  const buttons = Array.isArray(actions) ? actions.map(objectOf).filter((one) => one !== undefined) : [];
  const urls = Object.fromEntries(
    buttons.flatMap((one) => (typeof one.navigate === 'string' ? [[String(one.action), one.navigate]] : [])),
  );
  const memory: NotificationMemory = {
    ...{ id, urls },
    ...(url === undefined ? {} : { url }),
    ...(deepLink === undefined ? {} : { deepLink }),
    ...(body.data === undefined ? {} : { data: body.data }),
  };
  return {
    ...{ id, tag, data: body.data },
    shown: {
      title: textOf(title) ?? '',
      options: {
        ...rest,
        actions: buttons.map(({ action, title: text, icon }) => ({ action, title: text, icon })),
        tag,
        data: { pealbell: memory },
      },
    },
  };
}

/** What `readPayload` has kept with a notification. */
export function readMemory(data: unknown): NotificationMemory | undefined {
  const memory = objectOf(objectOf(data)?.pealbell);
  // Written by `readPayload`, in whatever version of this worker.
  return typeof memory?.id === 'string' ? ({ urls: {}, ...memory } as unknown as NotificationMemory) : undefined;
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
