/** What an app's channel says to OPPO, and what class it makes of a message. OPPO, "Message classification". */
import { z } from 'zod';
import type { JsonObject, Message, Misfit } from '../contract.js';
import { misfitError as error, misfitWarning as warning } from '../shared/message-parts.js';
import type { OppoOptions } from './settings.js';

const category = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'is a category of OPPO, such as ORDER')
  .meta({ description: 'The category; it decides between the service and the marketing class.', examples: ['ORDER'] });

/** Where the value of a template's parameter comes from. */
const source = z
  .string()
  .regex(/^(?:title|body|data\..{1,128})$/, 'is title, body, or data. and a key of the message’s data');
const parameters = z.record(z.string().min(1).max(64), source);

const entry = z.strictObject({
  category: category.optional(),
  channel_id: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .meta({ description: 'The notification channel that the app made.', examples: ['orders'] }),
  notify_level: z
    .literal([1, 2, 16])
    .optional()
    .meta({ description: '1: in the list; 2: on the lock screen too; 16: with banner, sound and vibration as well.' }),
  show_ttl: z
    .int()
    .min(1)
    .max(86_400)
    .optional()
    .meta({ description: 'Seconds after which a shown notification goes away; 12 hours at most for marketing.' }),
  template: z
    .strictObject({
      id: z
        .string()
        .min(1)
        .max(128)
        .meta({ description: 'Its id in OPPO’s console.', examples: ['5f6a'] }),
      title: parameters.optional().meta({ description: 'Of its title: parameter to title, body or data.KEY.' }),
      content: parameters.optional().meta({ description: 'Of its text, likewise.' }),
    })
    .optional()
    .meta({
      description: 'The private template, which OPPO wants for messages of the service class.',
      examples: [{ id: '5f6a', title: { name: 'title' }, content: { order: 'data.order' } }],
    }),
});

/** A category alone may stand as text. */
export const oppoChannel = z
  .union([category.transform((name) => ({ category: name })), entry])
  .meta({ description: 'The category alone, or an object with more.', examples: ['ORDER'] });

type Entry = z.infer<typeof entry>;

export function channelOf({ channel }: Message): Entry {
  return (channel?.settings ?? {}) as Entry; // passed `oppoChannel` when the configuration was read
}

/** OPPO's service class, “communication and service”; what is in neither list is whatever the console says. */
const SERVICE: ReadonlySet<string> = new Set(['IM', 'ACCOUNT', 'TODO', 'DEVICE_REMINDER', 'ORDER', 'SUBSCRIPTION']);
/** A template of OPPO's lacks what the message does not bring along. */
export const PARAMETER_MISSING = 'template_parameter_missing';
const MARKETING_SHOW_TTL_MAX = 43_200;

/** Whether OPPO counts what goes out with this category in its service class. */
export function isService(name: string, { granted_categories: granted }: Pick<OppoOptions, 'granted_categories'>) {
  return SERVICE.has(name) || granted?.includes(name) === true;
}

/**
 * The fields of class, channel and template. A marketing message never gets anything of the service class, whatever its
 * channel says: the class is the caller's word, and OPPO punishes misuse.
 */
export function classFields(
  message: Message,
  options: OppoOptions,
): { readonly fields: JsonObject; readonly misfits: readonly Misfit[] } {
  const own = channelOf(message);
  const isTransactional = message.class === 'transactional';
  const granted = options.granted_categories;
  const fallback = isTransactional ? options.transactional_category : options.marketing_category;
  const misfits: Misfit[] = [];
  let used = own;
  if (!isTransactional && own.category !== undefined && isService(own.category, options)) {
    const detail = `${own.category} is of OPPO’s service class and this is a marketing message: it goes without; say class transactional, or name a channel for marketing`;
    misfits.push(warning('category_unmapped', detail, '/channel'));
    used = {};
  }
  const name = used.category ?? fallback;
  const serves = name !== undefined && isService(name, options);
  if (!isTransactional && serves) {
    misfits.push(error('category_not_granted', `${name} is no category for marketing: change marketing_category`));
  }
  if (isTransactional && serves && granted !== undefined && !granted.includes(name)) {
    const detail = `OPPO has not granted ${name}: add it to granted_categories when it has, or name another in the channel`;
    misfits.push(error('category_not_granted', detail, '/channel'));
  }
  const channelId = used.channel_id ?? options.channel_id;
  if (isTransactional && !serves && (name !== undefined || channelId === undefined)) {
    const cause = name === undefined ? '' : `: ${name} is a category for marketing`;
    const detail = `OPPO counts it as marketing${cause}; name a category of the service class in the channel, or set transactional_category`;
    misfits.push(warning('class_lowered', detail, '/class'));
  }
  if (used.notify_level !== undefined && name === undefined) {
    misfits.push(warning('notify_level_unmapped', 'OPPO takes a notify_level beside a category only', '/channel'));
  }
  const showTtlMax = serves ? Number.POSITIVE_INFINITY : MARKETING_SHOW_TTL_MAX;
  const mayServe = serves || (isTransactional && name === undefined);
  const template = mayServe ? templateFields(message, used) : { fields: {}, misfits: [] };
  const fields: JsonObject = {
    ...(channelId === undefined ? {} : { channel_id: channelId }),
    ...(name === undefined ? {} : { category: name }),
    ...(used.notify_level === undefined || name === undefined ? {} : { notify_level: used.notify_level }),
    ...(used.show_ttl === undefined ? {} : { show_ttl: Math.min(used.show_ttl, showTtlMax) }),
    ...template.fields,
  };
  return { fields, misfits: [...misfits, ...template.misfits] };
}

function templateFields(message: Message, { template }: Entry) {
  const misfits: Misfit[] = [];
  if (template === undefined) return { fields: {}, misfits };
  const fill = (from: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(from).map(([parameter, where]) => {
        const value = sourceValue(message, where);
        if (value === undefined) {
          const detail = `the template ${template.id} wants ${where} of the message for its ${parameter}: send it along`;
          misfits.push(error(PARAMETER_MISSING, detail, `/${where.replace('.', '/')}`));
        }
        return [parameter, value ?? ''];
      }),
    );
  const fields: JsonObject = {
    private_msg_template_id: template.id,
    ...(template.title === undefined ? {} : { private_title_parameters: fill(template.title) }),
    ...(template.content === undefined ? {} : { private_content_parameters: fill(template.content) }),
  };
  return { fields, misfits };
}

function sourceValue({ notification, data }: Message, where: string): string | undefined {
  if (where === 'title') return notification?.title;
  if (where === 'body') return notification?.body;
  const key = where.slice('data.'.length);
  return data !== undefined && Object.hasOwn(data, key) ? data[key] : undefined;
}
