/**
 * What vivo's document 362 says of the fields of a message. Which code stands for which field it does not say in any copy
 * that was found: the numbers below are of the documented group, and else our choice.
 */

export type Fields = Readonly<Record<string, unknown>>;

export interface TextRules {
  /** Formal messages of digits, letters and signs alone are refused. */
  readonly refusesPlain: boolean;
}

const SYSTEM = ['IM', 'ACCOUNT', 'TODO', 'DEVICE_REMINDER', 'ORDER', 'SUBSCRIPTION'];
const OPERATION = ['NEWS', 'CONTENT', 'MARKETING', 'SOCIAL'];

/** The code by which a message is refused; undefined for one that is right. */
export function messageRefusal(message: Fields, ofList: boolean, rules: TextRules): string | undefined {
  return shapeRefusal(message, ofList) ?? classRefusal(message) ?? textRefusal(message, rules) ?? extraRefusal(message);
}

function shapeRefusal(message: Fields, ofList: boolean): string | undefined {
  const { notifyType, title, content, timeToLive, skipType, skipContent, networkType, notifyId, sendOnline } = message;
  if (!isInt(notifyType, 1, 4)) return '10054';
  if (!isText(title, 40)) return '10055';
  if (!isText(content, 100)) return '10056';
  if (timeToLive !== undefined && !isInt(timeToLive, ofList ? 900 : 60, 86_400)) return '10057';
  if (!isInt(skipType, 1, 4)) return '10058';
  if (skipType !== 1 && !isText(skipContent, 2_048)) return '10059';
  if (skipType === 2 && !/^https?:\/\//.test(String(skipContent))) return '10059';
  if (networkType !== undefined && networkType !== -1 && networkType !== 1) return '10060';
  if (!isMap(message.clientCustomMap)) return '10065';
  if (sendOnline !== undefined && typeof sendOnline !== 'boolean') return '10067';
  if (notifyId !== undefined && !isInt(notifyId, 1, 2_147_483_647)) return '10095';
  return undefined;
}

function classRefusal({ classification, category }: Fields): string | undefined {
  if (classification !== 0 && classification !== 1) return '10097';
  if (category === undefined) return undefined;
  if (typeof category !== 'string' || ![...SYSTEM, ...OPERATION].includes(category)) return '10096';
  return (classification === 1 ? SYSTEM : OPERATION).includes(category) ? undefined : '10097';
}

function textRefusal({ title, content, pushMode }: Fields, { refusesPlain }: TextRules): string | undefined {
  if (pushMode === 1) return undefined;
  const texts = [String(title), String(content)];
  if (texts.some((text) => text.includes('测试'))) return '10085';
  const isPlain = (text: string) => [...text].every((point) => (point.codePointAt(0) ?? 0) < 0x80);
  return refusesPlain && texts.some(isPlain) ? '10104' : undefined;
}

function extraRefusal({ extra }: Fields): string | undefined {
  if (extra === undefined) return undefined;
  if (typeof extra !== 'object' || extra === null) return '10306';
  const told = { ...extra } as Fields;
  const { callback } = told;
  const id = told['callback.id'];
  const param = told['callback.param'];
  if (id === undefined && (!isText(callback, 128) || !/^https?:\/\//.test(String(callback)))) return '10304';
  if (param !== undefined && !isText(param, id === undefined ? 64 : 192)) return '10305';
  return undefined;
}

function isInt(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function isText(value: unknown, max: number): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= max;
}

function isMap(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  const pairs = Object.entries(value);
  const characters = pairs.reduce((sum, [key, text]) => sum + key.length + String(text).length, 0);
  return pairs.length <= 10 && characters <= 1_024 && pairs.every(([, text]) => typeof text === 'string');
}
