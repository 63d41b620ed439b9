/** What of a message the templates of the file leave out, cut or cannot carry. */
import type { Message, Misfit, Notification } from '../contract.js';
import { cutText, misfitError, misfitWarning } from '../shared/message-parts.js';
import type { Plan } from './plan.js';
import { bodyBytes, type Filling, lookUpFor, pathLength, textOf } from './request.js';
import { countSegments } from './segments.js';
import type { HttpOptions } from './settings.js';

/** What servers take of a request line (RFC 9112 §3 asks for 8,000). */
const PATH_MAX = 8_000;

export interface Fitted {
  /** Absent where an error is among the misfits. */
  readonly filling?: Filling;
  readonly misfits: readonly Misfit[];
}

export function fitMessage(message: Message, options: HttpOptions, plan: Plan, nowMs: number): Fitted {
  const misfits: Misfit[] = [...unmapped(message, plan)];
  const filling = { options, plan, message: cut(message, options, misfits) };
  if (message.notification === undefined && !saysSomethingSilent(plan)) {
    const detail =
      'a message without a notification says nothing here: give it a notification, or name {{data}} in the templates of the file';
    misfits.push(misfitError('notification_missing', detail, '/notification'));
  }
  if (options.method === 'GET' && message.override !== undefined) {
    const detail = 'the request has no body that an override could change: take it out';
    misfits.push(misfitError('override_unmapped', detail, '/overrides'));
  }
  misfits.push(...segments(filling, nowMs));
  const bytes = bodyBytes(filling, nowMs);
  if (bytes > options.payload_bytes_max) {
    const detail = `the body has ${bytes} bytes, and ${options.payload_bytes_max} at most may go out: send less text or data`;
    misfits.push(misfitError('payload_too_large', detail));
  } else if (pathLength(filling, nowMs) > PATH_MAX) {
    const detail = `path and query would have more than ${PATH_MAX} characters: send less text or data`;
    misfits.push(misfitError('payload_too_large', detail));
  }
  return misfits.some(({ severity }) => severity === 'error') ? { misfits } : { filling, misfits };
}

function saysSomethingSilent({ used }: Plan): boolean {
  return [...used].some((name) => ['data', 'app_data'].includes(name) || name.startsWith('data.'));
}

function cut(message: Message, { title_max, body_max }: HttpOptions, misfits: Misfit[]): Message {
  const { notification } = message;
  if (notification === undefined) return message;
  const part = (name: 'title' | 'body', max: number | undefined): Partial<Notification> => {
    const text = notification[name];
    if (text === undefined || max === undefined) return {};
    const short = cutText(text, max);
    if (short !== text) {
      misfits.push(misfitWarning(`${name}_cut`, `the ${name} is cut to ${max} characters`, `/notification/${name}`));
    }
    return { [name]: short };
  };
  return { ...message, notification: { ...notification, ...part('title', title_max), ...part('body', body_max) } };
}

/** By what of a message which names carry it. */
const CARRIERS: readonly (readonly [keyof Notification, readonly string[]])[] = [
  ['title', ['title']],
  ['body', ['body']],
  ['image', ['image', 'app_data']],
  ['media', ['media', 'app_data']],
  ['sound', ['sound']],
  ['badge', ['badge']],
  ['actions', ['actions']],
  ['thread', ['thread']],
];

function* unmapped({ notification = {}, data = {}, collapseKey }: Message, { used }: Plan): Generator<Misfit> {
  const isUsed = (names: readonly string[]) => names.some((name) => used.has(name));
  const warn = (name: string, pointer: string) =>
    misfitWarning(`${name}_unmapped`, `the templates of the file name no place for ${name}: it is left out`, pointer);
  for (const [name, carriers] of CARRIERS) {
    if (notification[name] !== undefined && !isUsed(carriers)) yield warn(name, `/notification/${name}`);
  }
  const { click } = notification;
  const isOpened = isUsed(['app_data']);
  if (click?.url !== undefined && !isOpened && !isUsed(['click_url']))
    yield warn('click_url', '/notification/click/url');
  if (click?.deepLink !== undefined && !isOpened && !isUsed(['deep_link'])) {
    yield warn('deep_link', '/notification/click/deep_link');
  }
  if (!isUsed(['data', 'app_data']) && Object.keys(data).some((key) => !used.has(`data.${key}`)))
    yield warn('data', '/data');
  if (collapseKey !== undefined && !isUsed(['collapse_key', 'collapse_number']))
    yield warn('collapse_key', '/collapse_key');
}

/** Each part of a long short message is paid for. */
function segments(filling: Filling, nowMs: number): readonly Misfit[] {
  const { options } = filling;
  if (options.segments_max === undefined) return [];
  const { count, encoding, units } = countSegments(textOf(filling, lookUpFor(filling, [], nowMs)));
  const told = `the text takes ${count} short messages (${encoding}, ${units} ${encoding === 'GSM-7' ? 'septets' : 'units'})`;
  if (count > options.segments_max) {
    const detail = `${told}, and ${options.segments_max} at most may go out: send less text`;
    return [misfitError('payload_too_large', detail, '/notification/body')];
  }
  return count > 1 ? [misfitWarning('segments', told, '/notification/body')] : [];
}
