/** What Meizu finds wrong with a `messageJson`; all of it is code 1005. Source: Meizu, PushAPI. */

type Part = Readonly<Record<string, unknown>>;

const GROUPS = [
  'noticeBarInfo',
  'noticeExpandInfo',
  'clickTypeInfo',
  'pushTimeInfo',
  'advanceInfo',
  'vipInfo',
  'extra',
];

export function isWellFormed(message: Part): boolean {
  if (!Object.keys(message).every((name) => GROUPS.includes(name) && isObject(message[name]))) return false;
  const [bar, click] = [partOf(message, 'noticeBarInfo'), partOf(message, 'clickTypeInfo')];
  return (
    bar !== undefined &&
    isBar(bar) &&
    isClick(click ?? { clickType: 0 }) &&
    isTime(partOf(message, 'pushTimeInfo') ?? {}) &&
    isAdvance(partOf(message, 'advanceInfo') ?? {}) &&
    isExtra(partOf(message, 'extra') ?? {})
  );
}

function isBar({ noticeMsgType = 0, noticeBarType = 0, title, content }: Part): boolean {
  if (![0, 1].includes(Number(noticeMsgType)) || ![0, 2].includes(Number(noticeBarType))) return false;
  return isText(title, 1, 32) && isText(content, 1, 100);
}

function isClick({ clickType, activity, url, parameters, customAttribute }: Part): boolean {
  if (parameters !== undefined && !isObject(parameters)) return false;
  switch (clickType) {
    case 0:
      return true;
    case 1:
      return isText(activity, 1, 1_000);
    case 2:
      return isText(url, 1, 1_000);
    case 3:
      return typeof customAttribute === 'string' && Buffer.byteLength(customAttribute) <= 1_000;
    default:
      return false;
  }
}

function isTime({ offLine = 1, validTime = 24 }: Part): boolean {
  if (offLine === 0) return true;
  return (
    offLine === 1 && typeof validTime === 'number' && Number.isInteger(validTime) && validTime >= 1 && validTime <= 72
  );
}

function isAdvance({ notifyKey = 'a' }: Part): boolean {
  return typeof notifyKey === 'string' && /^[0-9A-Za-z_-]{1,8}$/.test(notifyKey);
}

function isExtra(extra: Part): boolean {
  const { callback = '', 'callback.param': param = '', 'callback.type': type = 3 } = extra;
  return isBytes(callback, 128) && isBytes(param, 64) && [1, 2, 3].includes(Number(type));
}

function isBytes(value: unknown, max: number): boolean {
  return typeof value === 'string' && Buffer.byteLength(value) <= max;
}

/** In code points. */
function isText(value: unknown, min: number, max: number): boolean {
  if (typeof value !== 'string') return false;
  const { length } = [...value];
  return length >= min && length <= max;
}

export function isObject(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function partOf(whole: Part, name: string): Part | undefined {
  const part = whole[name];
  return isObject(part) ? part : undefined;
}
