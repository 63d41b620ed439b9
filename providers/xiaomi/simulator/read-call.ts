/** One request to Xiaomi: whose it is, what it asks, and what is wrong with it. */
import { randomUUID } from 'node:crypto';
import type { Reading, Refused, VendorCall } from '../../simulation/vendor-call.js';
import { htmlAnswer } from '../../simulation/vendor-call.js';
import type { Answers } from './answers.js';
import type { SimulatedDevices } from './devices.js';
import { type Form, faultOf, formOf, targetsOf } from './form-rules.js';
import type { Quota } from './quota.js';
import type { Receipts, Subscription } from './receipts.js';

/** The one app that this Xiaomi knows, as a region sees it. */
export interface SimulatedApp {
  readonly packageName: string;
  readonly appSecret: string;
  readonly region: string;
  readonly devices: SimulatedDevices;
  readonly quota: Quota;
  readonly receipts: Receipts;
  /** Ids given to messages. */
  readonly sent: Set<string>;
  readonly answers: Answers;
}

const SENDS = ['/v2/message/regid', '/v3/message/regid', '/v4/message/regid'];
const REVOKE = '/revoke/message';
const STATS = '/v1/stats/message/counters';
/** Sending failed, as it is said where no target is left; and what the fault plan calls a regId refused among others. */
const TARGET_CODES = ['20301', 'bad_regids'];
const SENT_KEPT = 10_000;

export function readCall(call: VendorCall, app: SimulatedApp): Reading {
  const { method, path, headers, body } = call;
  const isSend = SENDS.includes(path);
  const provider = isSend ? 'xiaomi' : path === REVOKE ? 'xiaomi_revoke' : 'xiaomi_stats';
  const refuse = (code: string, reason: string, more: Partial<Refused> = {}): Refused => ({
    ...{ kind: 'refused', provider, reason: code, answer: app.answers.error(code, { reason }) },
    ...more,
  });
  if (!isSend && path !== REVOKE && path !== STATS) return refuse('10020', path);
  if (method !== (path === STATS ? 'GET' : 'POST')) return refuse('10021', method);
  if (headers.authorization !== `key=${app.appSecret}`) return refuse('21301', 'invalid application credentials');
  if (path === STATS) return readStats(call, app, refuse);
  const type = headers['content-type']?.toLowerCase().replaceAll(' ', '') ?? '';
  if (!/^application\/x-www-form-urlencoded(?:;charset=utf-8)?$/.test(type)) return refuse('10007', 'content-type');
  if (body === undefined) return refuse('10018', 'the body is too long');
  const form = formOf(body);
  if (form === undefined) return refuse('10017', 'a parameter stands twice');
  const payload = Object.fromEntries([...form].filter(([name]) => name !== 'registration_id'));
  if (!isSend) return readRevoke(form, payload, app, refuse);
  const targets = targetsOf(form);
  const fault = faultOf(form, app.packageName);
  if (fault !== undefined) return refuse(...fault, { targets: targets.slice(0, 1_000), payload });
  return sendOf(call, form, targets, payload, app);
}

type Refuse = (code: string, reason: string, more?: Partial<Refused>) => Refused;

function sendOf(call: VendorCall, form: Form, targets: readonly string[], payload: object, app: SimulatedApp): Reading {
  const { answers, devices, quota } = app;
  const id = `slm${randomUUID().replaceAll('-', '')}`;
  return {
    ...{ kind: 'served', provider: 'xiaomi', targets, id, payload, isNotification: true },
    isTargetCode: (code) => TARGET_CODES.includes(code),
    serve(asked) {
      const bad = targets.filter((target) => asked.has(target) || devices.isRefused(target));
      const refused = new Map(bad.map((target) => [target, asked.get(target) ?? 'bad_regids']));
      if (bad.length === targets.length) return { answer: answers.error('20301'), refused };
      const over = quota.take(targets.length - bad.length, call.now);
      if (over !== undefined) {
        const { max, used } = over;
        const reason = `exceed quota, quota: ${max}, have acked: ${used}`;
        const answer = answers.error('200001', { reason, data: { day_quota: `${max}`, day_acked: `${used}` } });
        return { answer, refused: new Map(targets.map((target) => [target, '200001'])) };
      }
      remember(app.sent, id);
      return { answer: answers.ok({ id, ...(bad.length === 0 ? {} : { bad_regids: bad.join(',') }) }), refused };
    },
    answerWith: ({ status, code }) =>
      code === undefined ? htmlAnswer(status ?? 200) : answers.error(code, status === undefined ? {} : { status }),
    taken(taken) {
      const subscription = subscriptionOf(id, form);
      if (subscription === undefined) return;
      for (const regId of taken) app.receipts.tell(subscription, regId, devices.receiptsOf(regId, app.region));
    },
  };
}

const USUAL_TYPES = 3;

function subscriptionOf(id: string, form: Form): Subscription | undefined {
  const url = form.get('extra.callback');
  if (url === undefined) return undefined;
  const param = form.get('extra.callback.param');
  const jobkey = form.get('extra.jobkey');
  return {
    ...{ id, url, types: Number(form.get('extra.callback.type') ?? USUAL_TYPES) },
    ...(param === undefined ? {} : { param }),
    ...(jobkey === undefined ? {} : { jobkey }),
  };
}

function readRevoke(form: Form, payload: object, app: SimulatedApp, refuse: Refuse): Reading {
  const missing = ['restricted_package_name', 'title', 'description', 'notify_id', 'msg_id'].find(
    (name) => (form.get(name) ?? '') === '',
  );
  if (missing !== undefined) return refuse('10016', missing, { payload });
  if (form.get('restricted_package_name') !== app.packageName) return refuse('22006', 'package', { payload });
  const id = form.get('msg_id') ?? '';
  if (!app.sent.has(id)) return refuse('10017', 'msg_id', { payload, targets: [id] });
  return plainAnswer('xiaomi_revoke', id, payload, app);
}

function readStats({ query }: VendorCall, app: SimulatedApp, refuse: Refuse): Reading {
  const missing = ['start_date', 'end_date'].find((name) => !/^\d{8}$/.test(query.get(name) ?? ''));
  if (missing !== undefined) return refuse('10017', missing);
  if (query.get('restricted_package_name') !== app.packageName) return refuse('22006', 'package');
  return plainAnswer('xiaomi_stats', app.packageName, Object.fromEntries(query), app);
}

function plainAnswer(provider: string, target: string, payload: object, { answers }: SimulatedApp): Reading {
  return {
    ...{ kind: 'served', provider, targets: [target], id: target, payload, isNotification: false },
    isTargetCode: () => false,
    serve: () => ({ answer: answers.ok({}), refused: new Map() }),
    answerWith: ({ status, code }) =>
      code === undefined ? htmlAnswer(status ?? 200) : answers.error(code, status === undefined ? {} : { status }),
  };
}

/** The oldest go first. */
function remember(sent: Set<string>, id: string): void {
  sent.add(id);
  if (sent.size <= SENT_KEPT) return;
  const [oldest] = sent;
  if (oldest !== undefined) sent.delete(oldest);
}
