/** What Xiaomi checks of a message, by its document 1559: the code of the first thing that is wrong. */

export type Form = ReadonlyMap<string, string>;

/** Undefined where a name stands twice. */
export function formOf(body: string): Form | undefined {
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (form.has(name)) return undefined;
    form.set(name, value);
  }
  return form;
}

const TARGETS_MAX = 1_000;
const PAYLOAD_BYTES_MAX = 4_096;
const DAY_MS = 86_400_000;
const INT32_MAX = 2_147_483_647;
const CALLBACK_TYPES = 1 | 2 | 16 | 32 | 64 | 128 | 1_024;
const OWN_EXTRAS_MAX = 10;
const OWN_EXTRAS_CHARS_MAX = 1_024;
const KNOWN_EXTRAS = new Set([
  ...['channel_id', 'channel_name', 'channel_description', 'notify_effect', 'intent_uri', 'web_uri', 'badge', 'jobkey'],
  ...[
    'notify_foreground',
    'sound_uri',
    'ticker',
    'flow_control',
    'callback',
    'callback.param',
    'callback.type',
    'model',
  ],
  ...['only_send_once', 'locale', 'locale_not_in', 'model_not_in', 'app_version', 'app_version_not_in', 'connpt'],
]);

export function targetsOf(form: Form): readonly string[] {
  return (form.get('registration_id') ?? '').split(',');
}

/** @returns the vendor's code and what is wrong; undefined for a message that is taken */
export function faultOf(form: Form, packageName: string): readonly [code: string, reason: string] | undefined {
  for (const name of ['registration_id', 'restricted_package_name']) {
    if ((form.get(name) ?? '') === '') return ['10016', name];
  }
  if (form.get('restricted_package_name') !== packageName) return ['22006', 'restricted_package_name'];
  const targets = targetsOf(form);
  const isList = targets.length <= TARGETS_MAX && targets.every(isRegId) && new Set(targets).size === targets.length;
  if (!isList) return ['10017', 'registration_id'];
  return messageFault(form) ?? extraFault(form);
}

/** Rules for a value that is there. */
const RULES: Readonly<Record<string, (value: string) => boolean>> = {
  pass_through: (value) => /^[01]$/.test(value),
  payload: (value) => Buffer.byteLength(value) <= PAYLOAD_BYTES_MAX,
  notify_type: (value) => isWhole(value, -1, 7),
  time_to_live: (value) => isWhole(value, 1, 14 * DAY_MS),
  time_to_send: (value) => isWhole(value, 0, Number.MAX_SAFE_INTEGER),
  'extra.jobkey': (value) => /^[0-9A-Za-z-][0-9A-Za-z_-]{0,19}$/.test(value),
  'extra.notify_effect': (value) => /^[123]$/.test(value),
  'extra.notify_foreground': (value) => /^[01]$/.test(value),
  'extra.only_send_once': (value) => value === '1',
  'extra.channel_id': (value) => value.trim() !== '',
  'extra.web_uri': (value) => /^https?:\/\/[^/]/.test(value),
  'extra.intent_uri': (value) => value.trim() !== '',
  'extra.sound_uri': (value) => value.startsWith('android.resource://'),
  'extra.callback': (value) => URL.canParse(value) && /^https?:/.test(value),
  'extra.callback.param': (value) => Buffer.byteLength(value) <= 256,
  'extra.callback.type': (value) => isWhole(value, 1, CALLBACK_TYPES) && (Number(value) & ~CALLBACK_TYPES) === 0,
};

function messageFault(form: Form): readonly [string, string] | undefined {
  const notifyId = form.get('notify_id');
  if (notifyId !== undefined && !isWhole(notifyId, 0, INT32_MAX)) return ['22103', 'notify_id'];
  for (const [name, isRight] of Object.entries(RULES)) {
    const value = form.get(name);
    if (value !== undefined && !isRight(value)) return ['10017', name];
  }
  if (form.get('pass_through') === '1') return undefined;
  for (const [name, below] of [
    ['title', 50],
    ['description', 128],
  ] as const) {
    const value = form.get(name) ?? '';
    if (value.trim() === '' || [...value].length >= below) return ['10041', name];
  }
  return undefined;
}

function extraFault(form: Form): readonly [string, string] | undefined {
  const effect = form.get('extra.notify_effect');
  if (effect === '2' && !form.has('extra.intent_uri')) return ['10016', 'extra.intent_uri'];
  if (effect === '3' && !form.has('extra.web_uri')) return ['10016', 'extra.web_uri'];
  if (form.has('extra.callback.param') && !form.has('extra.callback')) return ['10016', 'extra.callback'];
  const own = [...form].flatMap(([name, value]) => {
    const key = name.startsWith('extra.') ? name.slice(6) : undefined;
    return key === undefined || KNOWN_EXTRAS.has(key) ? [] : [key + value];
  });
  const isTooMuch = own.length > OWN_EXTRAS_MAX || own.join('').length > OWN_EXTRAS_CHARS_MAX;
  return isTooMuch ? ['10017', 'extra'] : undefined;
}

function isRegId(text: string): boolean {
  return /^[\x21-\x7e]{1,512}$/.test(text);
}

function isWhole(text: string, min: number, max: number): boolean {
  return /^-?\d{1,16}$/.test(text) && Number(text) >= min && Number(text) <= max;
}
