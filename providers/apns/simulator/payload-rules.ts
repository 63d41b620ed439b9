/**
 * What the body of a push type holds: Apple, "Generating a remote notification" and "Starting and updating Live
 * Activities with ActivityKit push notifications". Where a body does not match its type "APNs may return an error,
 * delay the delivery of the notification, or drop it altogether", and which is not said; this APNs is strict and
 * answers `InvalidPushType`. Pure.
 */
import type { Refusal } from './answers.js';

type Fields = Readonly<Record<string, unknown>>;

/** `json`: one JSON object. */
export function refuseMismatch(json: string, pushType: string | undefined): Refusal | undefined {
  const asks = pushType === undefined ? undefined : ASKS.get(pushType);
  if (asks === undefined) return undefined;
  // The caller found it to be an object.
  return asks(JSON.parse(json) as Fields) ? undefined : { status: 400, reason: 'InvalidPushType' };
}

const ASKS: ReadonlyMap<string, (body: Fields) => boolean> = new Map([
  ['controls', hasNews],
  ['liveactivity', isActivity],
  ['mdm', ({ mdm, aps }: Fields) => typeof mdm === 'string' && mdm !== '' && aps === undefined],
  ['widgets', hasNews],
]);

function hasNews({ aps }: Fields): boolean {
  return isObject(aps) && aps['content-changed'] === true;
}

function isActivity({ aps }: Fields): boolean {
  if (!isObject(aps) || typeof aps.timestamp !== 'number') return false;
  const hasState = isObject(aps['content-state']);
  switch (aps.event) {
    case 'update':
      return hasState;
    case 'end':
      return hasState || aps['content-state'] === undefined;
    case 'start':
      return hasState && typeof aps['attributes-type'] === 'string' && isObject(aps.attributes) && 'alert' in aps;
    default:
      return false;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
