/** What OPPO takes as a notification. OPPO, “Notification messages”: required fields, lengths, and what goes together. */

const SERVICE = new Set(['IM', 'ACCOUNT', 'TODO', 'DEVICE_REMINDER', 'ORDER', 'SUBSCRIPTION']);
const MARKETING = new Set(['NEWS', 'CONTENT', 'MARKETING', 'SOCIAL']);

type Fields = Readonly<Record<string, unknown>>;

/** What a field must be, and how many code points it may have. */
const TEXTS: Readonly<Record<string, number>> = {
  app_message_id: 64,
  sub_title: 10,
  click_action_activity: 500,
  click_action_url: 2_000,
  action_parameters: 4_000,
  call_back_url: 200,
  call_back_parameter: 100,
  channel_id: 128,
  private_msg_template_id: 128,
  time_zone: 16,
  big_picture_id: 128,
  small_picture_id: 128,
};
const NUMBERS: Readonly<Record<string, readonly [number, number]>> = {
  style: [1, 3],
  show_time_type: [0, 1],
  show_start_time: [0, Number.MAX_SAFE_INTEGER],
  show_end_time: [0, Number.MAX_SAFE_INTEGER],
  push_time_type: [0, 1],
  push_start_time: [0, Number.MAX_SAFE_INTEGER],
  off_line_ttl: [0, 864_000],
  show_ttl: [0, 86_400],
  network_type: [0, 1],
  notify_id: [0, 2_147_483_647],
};
const CONTENT_MAX: Readonly<Record<number, number>> = { 1: 50, 2: 128, 3: 50 };
const OTHERS = new Set([
  ...['title', 'content', 'click_action_type', 'off_line', 'category', 'notify_level'],
  ...['private_title_parameters', 'private_content_parameters'],
]);

/**
 * @param templates private templates of the console, by id; anything goes where there are none
 * @returns the code of what is wrong with it
 */
export function notificationFault(
  fields: Fields,
  templates: ReadonlySet<string> | undefined,
  isForm: boolean,
): string | undefined {
  // Everything is text in a form.
  const number = (key: string): unknown => {
    const value = fields[key];
    return isForm && typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  };
  const { title, content } = fields;
  if (title === undefined || content === undefined || title === '' || content === '') return '40';
  const style = number('style') ?? 1;
  if (!isText(title, 50) || typeof style !== 'number' || !isText(content, CONTENT_MAX[style] ?? 0)) return '41';
  for (const [key, value] of Object.entries(fields)) {
    const most = Object.hasOwn(TEXTS, key) ? TEXTS[key] : undefined;
    const [low, high] = (Object.hasOwn(NUMBERS, key) ? NUMBERS[key] : undefined) ?? [];
    if (most !== undefined) {
      if (!isText(value, most)) return '41';
    } else if (low !== undefined && high !== undefined) {
      const figure = number(key);
      if (!Number.isInteger(figure) || Number(figure) < low || Number(figure) > high) return '41';
    } else if (!OTHERS.has(key)) return '41';
  }
  const offLine = fields.off_line;
  if (offLine !== undefined && typeof offLine !== 'boolean' && !(isForm && /^(?:true|false)$/.test(String(offLine)))) {
    return '41';
  }
  if (typeof fields.action_parameters === 'string' && !isJsonObject(fields.action_parameters)) return '41';
  return (
    clickFault(fields, number('click_action_type')) ?? classFault(fields, number('notify_level'), templates, isForm)
  );
}

function clickFault(fields: Fields, type: unknown): string | undefined {
  if (type === undefined || type === 0) return undefined;
  if (type === 1 || type === 4) return isText(fields.click_action_activity, 500) ? undefined : '40';
  if (type === 2 || type === 5) return isText(fields.click_action_url, 2_000) ? undefined : '40';
  return '41';
}

function classFault(
  { category, private_msg_template_id: template, ...fields }: Fields,
  level: unknown,
  templates: ReadonlySet<string> | undefined,
  isForm: boolean,
): string | undefined {
  if (level !== undefined && level !== 1 && level !== 2 && level !== 16) return '41';
  if (category === undefined) return level === undefined ? undefined : '41';
  if (typeof category !== 'string' || !(SERVICE.has(category) || MARKETING.has(category))) return '67';
  for (const key of ['private_title_parameters', 'private_content_parameters']) {
    const value = fields[key];
    const isObject = isForm ? value === undefined || isJsonObject(String(value)) : value === undefined || isMap(value);
    if (!isObject) return '41';
  }
  const isWanted = SERVICE.has(category) && templates !== undefined;
  return isWanted && !(typeof template === 'string' && templates.has(template)) ? '54' : undefined;
}

function isText(value: unknown, most: number): boolean {
  return typeof value === 'string' && value !== '' && [...value].length <= most;
}

function isMap(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((part) => typeof part === 'string')
  );
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
