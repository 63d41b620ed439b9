import type { FieldFault } from '../domain/errors.js';
import type { Json } from '../domain/json.js';
import type { Localized, Notification } from '../domain/message.js';
import type { MessageDraft } from '../usecases/message-draft.js';
import { targetFaults, toAudienceDraft } from './audience-draft.js';
import { faultsOf } from './faults.js';
import { fingerprint } from './fingerprint.js';
import { given } from './given.js';
import { invalid } from './refusal.js';
import { type MessageRequest, messageRequest } from './schemas/message-request.js';
import { secondsOf } from './schemas/words.js';

/** Where a send comes from, apart from its body. */
export interface SendContext {
  readonly app: string;
  readonly idempotency?: { readonly key: string; readonly path: string };
}

/**
 * Turns the body of a send into a draft.
 *
 * @param body parsed and guarded; the fingerprint is taken over it as it came
 * @throws Refusal 422 with every fault of shape, bounds and missing parts at once
 */
export function readMessage(body: Json | undefined, context: SendContext): MessageDraft {
  const whole = withLongTo(body);
  const parsed = messageRequest.safeParse(whole);
  const faults = parsed.success ? [] : faultsOf(messageRequest, parsed.error.issues, whole);
  faults.push(...wholeFaults(whole));
  if (faults.length > 0 || !parsed.success) throw invalid(faults);
  return toDraft(parsed.data, fingerprint(body ?? null), context);
}

/** `"to": "everyone"` is short for `{"everyone": true}`. */
function withLongTo(body: Json | undefined): unknown {
  return isObject(body) && body.to === 'everyone' ? { ...body, to: { everyone: true } } : body;
}

/** What concerns several fields; asked whatever else is wrong, so it trusts no shape. */
function wholeFaults(body: unknown): FieldFault[] {
  if (!isObject(body)) return [];
  return [...targetFaults(body.to), ...contentFaults(body.notification, body.data)];
}

function contentFaults(notification: unknown, data: unknown): FieldFault[] {
  if (notification !== undefined && !isObject(notification)) return [];
  const speaks =
    isObject(notification) && isObject(notification.locales) && Object.keys(notification.locales).length > 0;
  const visible = notification !== undefined && (hasText(notification.title) || hasText(notification.body));
  if (speaks && !visible) {
    const detail = 'locales need a title or a body beside them, for those whose language is not among them';
    return [{ pointer: '/notification', code: 'required', detail }];
  }
  const carries = data !== undefined && (!isObject(data) || Object.keys(data).length > 0);
  if (visible || carries) return [];
  return [{ pointer: '/notification', code: 'required', detail: 'a message needs a title, a body or data' }];
}

function toDraft(request: MessageRequest, print: string, context: SendContext): MessageDraft {
  const { delivery } = request;
  return given({
    app: context.app,
    idempotency: context.idempotency,
    fingerprint: print,
    ...toAudienceDraft(request),
    maxDevices: request.max_devices,
    class: request.class,
    channel: request.channel,
    notification: toNotification(request.notification),
    locales: toLocales(request.notification?.locales),
    data: request.data,
    ttlSeconds: delivery?.ttl === undefined ? undefined : secondsOf(delivery.ttl),
    priority: delivery?.priority,
    collapseKey: delivery?.collapse_key,
    ackTimeoutMs: millisecondsOf(delivery?.ack_timeout),
    perUser: delivery?.per_user,
    onUncertain: delivery?.on_uncertain,
    track: delivery?.track,
    route: delivery?.route,
    overrides: request.overrides ?? {},
    metadata: request.metadata,
    tags: request.tags,
  });
}

function millisecondsOf(duration: string | undefined): number | undefined {
  const seconds = duration === undefined ? undefined : secondsOf(duration);
  return seconds === undefined ? undefined : seconds * 1_000;
}

/** A notification that says nothing is none: the message is silent. */
function toNotification(notification: MessageRequest['notification']): Notification | undefined {
  if (notification === undefined || Object.keys(notification).length === 0) return undefined;
  const { locales: _, badge, thread, ...rest } = notification;
  return given({ ...toLocalized(rest), badge, thread });
}

type WrittenLocales = NonNullable<NonNullable<MessageRequest['notification']>['locales']>;

function toLocalized({ click, actions, ...rest }: WrittenLocales[string]): Localized {
  return given({
    ...rest,
    click: click === undefined ? undefined : given({ url: click.url, deepLink: click.deep_link }),
    actions: actions?.map(given),
  });
}

/** No languages are none. */
function toLocales(locales: WrittenLocales | undefined): Readonly<Record<string, Localized>> | undefined {
  const entries = Object.entries(locales ?? {});
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.map(([tag, parts]) => [tag, toLocalized(parts)]));
}

function hasText(value: unknown): boolean {
  return value !== undefined && value !== '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
