/** vivo's two ways to send: one request for one device; for more, the message is saved and then pushed to a list. */
import type { JsonObject, Outcome, Target } from '../contract.js';
import type { Talk, VendorRequest, VendorWire } from '../shared/vendor-provider.js';
import { VIVO_LIMITS } from './limits.js';
import { ListTasks } from './list-tasks.js';
import { LIST_TARGETS_MAX, type VivoOptions } from './options.js';
import { isUserStatusKnown, judge, LISTS_USED_UP, type Ruling, userOutcome } from './outcome.js';
import { type Compiled, compile, lifeTime } from './payload.js';
import type { ReceiptRoad } from './receipt-road.js';

const HEADERS = Object.freeze({ 'content-type': 'application/json' });
const DEAD = '10302';
const LIST_CODES = ['10150', '10151', '10152', '10153'];
const AGAIN_MS = 1_000;

export function createVivoWire(options: VivoOptions, road: ReceiptRoad): VendorWire<Compiled> {
  const requestTargetsMax = Math.min(options.batch, LIST_TARGETS_MAX);
  const tasks = new ListTasks(options, (body, token) => post('/message/saveListPayload', body, token));

  function bodyOf({ messageId, body, ttlSeconds }: Compiled, ofList: boolean): JsonObject {
    return {
      appId: options.app_id,
      ...body,
      ...lifeTime(ttlSeconds, ofList, options),
      pushMode: modeOf(options),
      ...road.extraOf(messageId, ofList),
    };
  }

  function ask(path: string, body: JsonObject, targets: readonly Target[], talk: Talk) {
    const text = JSON.stringify(body);
    return talk.ask<Ruling>({
      request: (token) => post(path, text, token),
      judge(answer) {
        const pushTokens = targets.map(({ pushToken }) => pushToken);
        const judged = judge(answer, { nowMs: talk.now(), options, pushTokens });
        const isStrange = judged.isStrange === true || namesStrangely(judged.value);
        return isStrange ? { ...judged, isStrange } : judged;
      },
    });
  }

  async function single(compiled: Compiled, target: Target, talk: Talk): Promise<Outcome> {
    const { pushToken: regId, notificationId: requestId } = target;
    const asked = await ask('/message/send', { ...bodyOf(compiled, false), regId, requestId }, [target], talk);
    if (asked.kind === 'outcome') return asked.outcome;
    const ruling = asked.value;
    const { invalid, taskId, detail } = ruling.said;
    const status = invalid.get(regId);
    // The code is of the one device, and its status says which kind of invalid it is.
    if (status !== undefined && (ruling.kind === 'passed' || ruling.code === DEAD)) {
      return userOutcome(status, detail, options);
    }
    if (ruling.kind === 'refused') return ruling.outcome;
    return { kind: 'accepted', ...(taskId === undefined ? {} : { vendorId: taskId }) };
  }

  async function list(
    compiled: Compiled,
    targets: readonly Target[],
    talk: Talk,
    forgotten?: string,
  ): Promise<readonly Outcome[]> {
    const requestId = targets[0]?.notificationId ?? compiled.messageId;
    const message = JSON.stringify({ ...bodyOf(compiled, true), requestId: compiled.messageId.slice(0, 64) });
    const saved = await tasks.taskOf(compiled, message, talk, forgotten);
    if (saved.kind === 'closed') return singles(compiled, targets, talk);
    if (saved.kind === 'failed') return targets.map(() => saved.outcome);
    const regIds = targets.map(({ pushToken }) => pushToken);
    const named = { appId: options.app_id, taskId: saved.id, regIds, requestId, pushMode: modeOf(options) };
    const asked = await ask('/message/pushToList', named, targets, talk);
    if (asked.kind === 'outcome') return targets.map(() => asked.outcome);
    const ruling = asked.value;
    if (ruling.kind === 'refused' && ruling.code === LISTS_USED_UP) {
      tasks.close(talk.now());
      return singles(compiled, targets, talk);
    }
    // Which of these says that the task is unknown is not documented: one that may be is saved anew, once.
    const isForgotten = ruling.kind === 'refused' && LIST_CODES.includes(ruling.code) && saved.isKnown;
    if (isForgotten && forgotten === undefined) return list(compiled, targets, talk, saved.id);
    return targets.map(({ pushToken }) => listOutcome(ruling, pushToken, saved.id));
  }

  function listOutcome(ruling: Ruling, pushToken: string, taskId: string): Outcome {
    const { invalid, detail } = ruling.said;
    const status = invalid.get(pushToken);
    const isOfDevices = ruling.kind === 'passed' || ruling.code === DEAD;
    if (status !== undefined && isOfDevices) return userOutcome(status, detail, options);
    // `vendorId` names one delivery, and a task many.
    if (ruling.kind === 'passed') return { kind: 'accepted', detail: { ...detail, text: `task ${taskId}` } };
    if (ruling.code !== DEAD) return ruling.outcome;
    // Some device of the list is none, and it is not said to be this one.
    return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', retryAfterMs: AGAIN_MS, detail };
  }

  function singles(compiled: Compiled, targets: readonly Target[], talk: Talk): Promise<readonly Outcome[]> {
    return Promise.all(targets.map((target) => single(compiled, target, talk)));
  }

  return {
    limits: { ...VIVO_LIMITS, requestTargetsMax },
    compile: ({ message }) => compile(message, options),
    async send(compiled, targets, talk) {
      const isSingle = targets.length < options.list_from || tasks.areClosed(talk.now());
      const outcomes = await (isSingle ? singles : list)(compiled, targets, talk);
      return compiled.isLowered ? outcomes.map(ofTarget) : outcomes;
    },
  };
}

/** A status that nobody has documented, or a list refused for devices that it does not name. */
function namesStrangely(ruling: Ruling): boolean {
  const { invalid } = ruling.said;
  if ([...invalid.values()].some((status) => !isUserStatusKnown(status))) return true;
  return ruling.kind === 'refused' && LIST_CODES.includes(ruling.code);
}

/** What vivo says of operation messages holds no other transactional message up. */
function ofTarget(outcome: Outcome): Outcome {
  return outcome.kind === 'deferred' && outcome.scope === 'class' ? { ...outcome, scope: 'target' } : outcome;
}

function modeOf({ push_mode }: VivoOptions): number {
  return push_mode === 'test' ? 1 : 0;
}

function post(path: string, body: string, token: string): VendorRequest {
  return { method: 'POST', path, headers: HEADERS, own: { authtoken: token }, body: Buffer.from(body, 'utf8') };
}
