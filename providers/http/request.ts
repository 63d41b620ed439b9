/** Fills in one request: the templates of the file, the message, the targets, the credentials. */
import { randomBytes } from 'node:crypto';
import type { Json, Message, Target } from '../contract.js';
import { isJsonObject, mergePatch } from '../shared/merge-patch.js';
import type { VendorRequest } from '../shared/vendor-provider.js';
import { isOfTargets, messageValues, targetValues } from './names.js';
import type { Plan } from './plan.js';
import type { HttpOptions } from './settings.js';
import { type Signable, signatureOf, timestampOf } from './signature.js';
import { fill, fillText, type LookUp, only, type Template } from './template.js';

/** What a request is made of. */
export interface Filling {
  readonly options: HttpOptions;
  readonly plan: Plan;
  /** With title and body cut. */
  readonly message: Message;
}

type Addressee = Pick<Target, 'pushToken' | 'notificationId'>;

/** What goes into the request besides what the templates say. */
interface Extra {
  readonly headers: Map<string, string>;
  readonly query: Map<string, string>;
  readonly body: Map<string, string>;
}

/** @param accessToken of `auth.oauth` */
export function requestFor(
  filling: Filling,
  targets: readonly Addressee[],
  nowMs: number,
  accessToken: string,
): VendorRequest {
  const { options, plan, message } = filling;
  const lookUp = lookUpFor(filling, targets, nowMs);
  const extra: Extra = { headers: new Map(), query: new Map(), body: new Map() };
  addCredential(options, accessToken, extra);
  const path = fillText(plan.path, lookUp, encodeURIComponent);
  const write = () => ({ target: withQuery(path, plan, lookUp, extra), body: bodyOf(plan, message, lookUp, extra) });
  if (options.auth?.hmac !== undefined) sign(options, options.auth.hmac, nowMs, extra, write);
  const { target, body } = write();
  const type = plan.json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
  const headers = {
    accept: 'application/json, */*;q=0.5',
    ...(body === undefined ? {} : { 'content-type': type }),
    ...Object.fromEntries(plan.headers.map(([name, value]) => [name, fillText(value, lookUp)])),
    ...Object.fromEntries(extra.headers),
  };
  // A field without a value is left out.
  const filled = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
  return { method: options.method, path: target, headers: filled, body: Buffer.from(body ?? '') };
}

/** The body as people can read it, without push tokens and secrets. */
export function shownBody(filling: Filling, nowMs: number): Json {
  const { options, plan, message } = filling;
  const secrets = Object.fromEntries(Object.keys(options.secrets ?? {}).map((name) => [name, '***']));
  const lookUp = lookUpFor({ ...filling, options: { ...options, secrets } }, [], nowMs);
  const query = Object.fromEntries(plan.query.map(([name, value]) => [name, fill(value, lookUp) ?? '']));
  const body = valuesOf(plan, message, lookUp);
  return {
    method: options.method,
    ...(plan.query.length === 0 ? {} : { query }),
    ...(body === undefined ? {} : { [plan.json === undefined ? 'form' : 'json']: body }),
  };
}

/** Bytes of the body without its push tokens. */
export function bodyBytes({ plan, message, options }: Filling, nowMs: number): number {
  const lookUp = lookUpFor({ plan, message, options }, [], nowMs);
  return Buffer.byteLength(
    bodyOf(plan, message, lookUp, { headers: new Map(), query: new Map(), body: new Map() }) ?? '',
  );
}

/** Length of path and query, without push tokens. */
export function pathLength({ plan, message, options }: Filling, nowMs: number): number {
  const lookUp = lookUpFor({ plan, message, options }, [], nowMs);
  const none: Extra = { headers: new Map(), query: new Map(), body: new Map() };
  return withQuery(fillText(plan.path, lookUp, encodeURIComponent), plan, lookUp, none).length;
}

/** What `{{text}}` stands for. */
export function textOf({ plan, message }: Pick<Filling, 'plan' | 'message'>, lookUp: LookUp): string {
  if (plan.text !== undefined) return fillText(plan.text, lookUp);
  const { title, body } = message.notification ?? {};
  return [title, body].filter((part) => part !== undefined && part !== '').join('\n');
}

export function lookUpFor(filling: Filling, targets: readonly Addressee[], nowMs: number): LookUp {
  const { options, plan, message } = filling;
  const ofMessage = messageValues(message, nowMs, options.secrets ?? {});
  const [first] = targets;
  const lookUp: LookUp = (name) => {
    if (name === 'text') return textOf({ plan, message }, ofMessage);
    if (!isOfTargets(name)) return ofMessage(name);
    if (first === undefined) return undefined;
    if (name === 'tokens') return targets.map(({ pushToken }) => pushToken);
    if (name !== 'targets') return targetValues(first)(name);
    const { target } = plan;
    if (target === undefined) return undefined;
    return targets.map((each) => {
      const ofTarget = targetValues(each);
      return fill(target, (inner) => (isOfTargets(inner) ? ofTarget(inner) : lookUp(inner))) ?? null;
    });
  };
  return lookUp;
}

function addCredential({ auth }: HttpOptions, accessToken: string, extra: Extra): void {
  if (auth?.bearer !== undefined) extra.headers.set('authorization', `Bearer ${auth.bearer}`);
  if (auth?.oauth !== undefined) extra.headers.set('authorization', `Bearer ${accessToken}`);
  if (auth?.header !== undefined) extra.headers.set(auth.header.name, auth.header.value);
  if (auth?.query !== undefined) extra.query.set(auth.query.name, auth.query.value);
  if (auth?.basic === undefined) return;
  const pair = Buffer.from(`${auth.basic.user}:${auth.basic.password}`, 'utf8').toString('base64');
  extra.headers.set('authorization', `Basic ${pair}`);
}

type Hmac = NonNullable<NonNullable<HttpOptions['auth']>['hmac']>;

function sign(
  { method }: HttpOptions,
  hmac: Hmac,
  nowMs: number,
  extra: Extra,
  write: () => { readonly target: string; readonly body: string | undefined },
): void {
  const put = (where: Hmac['nonce'], value: string) => {
    if (where.header !== undefined) extra.headers.set(where.header, value);
    if (where.query !== undefined) extra.query.set(where.query, value);
    if (where.body !== undefined) extra.body.set(where.body, value);
  };
  const timestamp = timestampOf(nowMs, hmac.timestamp.unit);
  const nonce = randomBytes(16).toString('hex');
  put(hmac.timestamp, timestamp);
  put(hmac.nonce, nonce);
  const { target, body } = write();
  const [path = '', query = ''] = splitAt(target, target.indexOf('?'));
  const signable: Signable = { timestamp, nonce, method, path, query, body: Buffer.from(body ?? '') };
  put(hmac.signature, hmac.signature.prefix + signatureOf({ ...hmac, timestamp: hmac.timestamp.unit }, signable));
}

function splitAt(text: string, at: number): readonly string[] {
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function withQuery(path: string, plan: Plan, lookUp: LookUp, extra: Extra): string {
  const ofFile = plan.query.flatMap(([name, value]) => {
    const filled = fill(value, lookUp);
    return filled === undefined ? [] : [[name, plainOf(filled)] as const];
  });
  // Not URLSearchParams: its `+` for a blank is a form's, and not everybody who checks a signature knows it.
  const pairs = [...ofFile, ...extra.query].map((pair) => pair.map(encodeURIComponent).join('='));
  if (pairs.length === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

function bodyOf(plan: Plan, message: Message, lookUp: LookUp, extra: Extra): string | undefined {
  const values = valuesOf(plan, message, lookUp);
  if (values === undefined) return undefined;
  const added = Object.fromEntries(extra.body);
  const whole = isJsonObject(values) ? { ...values, ...added } : values;
  if (plan.json !== undefined) return JSON.stringify(whole);
  const fields = isJsonObject(whole) ? Object.entries(whole) : [];
  return new URLSearchParams(fields.map(([name, value]): [string, string] => [name, plainOf(value)])).toString();
}

/** The template filled in, the message's override over it, and over both what names the targets. */
function valuesOf(plan: Plan, message: Message, lookUp: LookUp): Json | undefined {
  const template: Template | undefined =
    plan.json ?? (plan.form === undefined ? undefined : { kind: 'group', entries: plan.form });
  if (template === undefined) return undefined;
  const { override } = message;
  if (override === undefined) return fill(template, lookUp) ?? null;
  const withoutTargets = fill(template, (name) => (isOfTargets(name) ? undefined : lookUp(name))) ?? null;
  const merged = mergePatch(withoutTargets, override);
  const ofTargets = only(template, isOfTargets);
  const filled = ofTargets === undefined ? undefined : fill(ofTargets, lookUp);
  return filled === undefined ? merged : mergePatch(merged, filled);
}

function plainOf(value: Json): string {
  if (typeof value === 'string') return value;
  const isTexts = Array.isArray(value) && value.every((item) => typeof item === 'string');
  return isTexts ? value.join(',') : JSON.stringify(value);
}
