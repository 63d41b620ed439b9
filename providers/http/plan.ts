/** The templates of a provider's options, read once. */
import { namesFor, type Place } from './names.js';
import type { HttpOptions } from './settings.js';
import { SIGNED_NAMES } from './signature.js';
import { namesIn, namesInText, parseTemplate, parseText, type Template, type TextTemplate } from './template.js';

export interface Plan {
  readonly origin: string;
  /** Path and query of the url. */
  readonly path: TextTemplate;
  readonly query: readonly (readonly [string, Template])[];
  readonly headers: readonly (readonly [string, TextTemplate])[];
  readonly json: Template | undefined;
  readonly form: readonly (readonly [string, Template])[] | undefined;
  readonly target: Template | undefined;
  /** Absent: title and body, each on a line. */
  readonly text: TextTemplate | undefined;
  /** Every name in any of them; what `text` names counts where it is used. */
  readonly used: ReadonlySet<string>;
}

export interface PlanFault {
  readonly path: readonly string[];
  /** Reads on from the setting's name. */
  readonly what: string;
}

const plans = new WeakMap<object, { readonly plan: Plan | undefined; readonly faults: readonly PlanFault[] }>();

/** Everything about the options that their shape alone does not tell. */
export function faultsOf(options: HttpOptions): readonly PlanFault[] {
  return read(options).faults;
}

/** @throws Error for options that their schema did not let pass */
export function planOf(options: HttpOptions): Plan {
  const { plan, faults } = known(options);
  if (plan === undefined) throw new Error(faults.map(({ path, what }) => `${path.join('.')} ${what}`).join('; '));
  return plan;
}

function known(options: HttpOptions) {
  const found = plans.get(options) ?? read(options);
  plans.set(options, found);
  return found;
}

const ORIGIN = /^(https:\/\/[A-Za-z0-9.[\]:-]+)(\/[^#]*|\?[^#]*)?$/;

function read(options: HttpOptions): { readonly plan: Plan | undefined; readonly faults: readonly PlanFault[] } {
  const faults: PlanFault[] = [];
  const fault = (path: readonly string[], what: string) => void faults.push({ path, what });
  const isBatch = options.batch > 1;
  const attempt = <T>(path: readonly string[], work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      fault(path, error instanceof Error ? error.message : 'cannot be read');
      return undefined;
    }
  };
  const text = (place: Place, path: readonly string[], value: string): TextTemplate =>
    attempt(path, () => parseText(value, namesFor(place, isBatch, options.target !== undefined))) ?? [];
  const tree = (place: Place, path: readonly string[], value: unknown): Template =>
    attempt(path, () => parseTemplate(value, namesFor(place, isBatch, options.target !== undefined))) ??
    ({ kind: 'fixed', value: null } as const);

  const [, origin, rest = '/'] = ORIGIN.exec(options.url) ?? [];
  if (origin === undefined || !URL.canParse(origin)) {
    fault(['url'], 'must be an https URL whose host is written out, such as https://sms.example/v1/messages');
  } else if (!/^(?:[\x21-\x7e]|\{\{[^{}]*\}\})*$/.test(rest)) fault(['url'], 'has characters that a URL cannot hold');
  const plan = {
    origin: origin ?? '',
    path: text('url', ['url'], rest.startsWith('?') ? `/${rest}` : rest),
    query: Object.entries(options.query ?? {}).map(
      ([name, value]) => [name, tree('query', ['query', name], value)] as const,
    ),
    headers: Object.entries(options.headers ?? {}).map(
      ([name, value]) => [name, text('header', ['headers', name], value)] as const,
    ),
    json: options.json === undefined ? undefined : tree('body', ['json'], options.json),
    form:
      options.form === undefined
        ? undefined
        : Object.entries(options.form).map(([name, value]) => [name, tree('body', ['form', name], value)] as const),
    target: options.target === undefined ? undefined : tree('target', ['target'], options.target),
    text: options.text === undefined ? undefined : text('text', ['text'], options.text),
  };
  const own = new Set([
    ...namesInText(plan.path),
    ...[...plan.query, ...(plan.form ?? [])].flatMap(([, part]) => namesIn(part)),
    ...plan.headers.flatMap(([, part]) => namesInText(part)),
    ...(plan.json === undefined ? [] : namesIn(plan.json)),
    ...(plan.target === undefined ? [] : namesIn(plan.target)),
  ]);
  const ofText = plan.text === undefined ? ['title', 'body'] : namesInText(plan.text);
  const used = new Set([...own, ...(own.has('text') ? ofText : [])]);
  checkBody(options, fault);
  if (faults.length === 0) checkTargets(options, used, fault);
  checkAuth(options, fault, attempt);
  for (const name of used) {
    const secret = name.startsWith('secret.') ? name.slice('secret.'.length) : undefined;
    if (secret !== undefined && !Object.hasOwn(options.secrets ?? {}, secret)) {
      fault(['secrets'], `has no ${secret}, which {{${name}}} names`);
    }
  }
  if (options.segments_max !== undefined && !used.has('text')) {
    fault(['segments_max'], 'counts {{text}}, which stands in no template');
  }
  if (typeof options.token === 'object') {
    const { pattern } = options.token;
    attempt(['token', 'pattern'], () => asPattern(pattern));
  }
  return { plan: faults.length > 0 ? undefined : { ...plan, used }, faults };
}

type Fault = (path: readonly string[], what: string) => void;

function asPattern(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    throw new Error('is no regular expression');
  }
}

function checkBody({ method, json, form }: HttpOptions, fault: Fault): void {
  if (json !== undefined && form !== undefined) fault(['form'], 'cannot stand beside json: take out one of them');
  if (method === 'GET' && (json !== undefined || form !== undefined)) {
    fault(['method'], 'is GET, which has no body: use POST, or query in place of json and form');
  }
  if (method !== 'GET' && json === undefined && form === undefined) {
    fault(['json'], 'is needed, or form: what is sent to the service');
  }
}

function checkTargets({ batch, target }: HttpOptions, used: ReadonlySet<string>, fault: Fault): void {
  if (target !== undefined && !used.has('targets')) {
    fault(['target'], 'is what {{targets}} lists, which stands in no template');
  }
  if (!['token', 'tokens'].some((name) => used.has(name))) {
    const wanted = batch > 1 ? '{{tokens}}, or {{targets}} with {{token}} in target' : '{{token}}';
    fault(['json'], `names no push token: write ${wanted} where the service expects it`);
  }
}

function checkAuth(
  { auth, json, form }: HttpOptions,
  fault: Fault,
  attempt: <T>(path: readonly string[], work: () => T) => T | undefined,
): void {
  if (auth === undefined) return;
  const given = Object.keys(auth);
  if (given.length !== 1) fault(['auth'], 'must have exactly one of bearer, basic, header, query, oauth and hmac');
  if (auth.hmac === undefined) return;
  const { hmac } = auth;
  for (const key of ['key', 'sign'] as const) {
    attempt(['auth', 'hmac', key], () => parseText(hmac[key], SIGNED_NAMES));
  }
  const count = ({ header, query, body }: typeof hmac.nonce) =>
    [header, query, body].filter((place) => place !== undefined).length;
  if (count(hmac.signature) !== 1) fault(['auth', 'hmac', 'signature'], 'must have one of header, query and body');
  for (const part of ['timestamp', 'nonce', 'signature'] as const) {
    if (count(hmac[part]) > 1) fault(['auth', 'hmac', part], 'must have one of header, query and body, not several');
    const isGroup = form !== undefined || (typeof json === 'object' && json !== null && !Array.isArray(json));
    if (hmac[part].body !== undefined && !isGroup) {
      fault(['auth', 'hmac', part, 'body'], 'needs a form, or json that is a group');
    }
  }
}
