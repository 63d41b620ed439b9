/** Singles and lists: strict checks, the day's quota, and who gets it. */
import type { Reading, Refused, Served } from '../../simulation/vendor-call.js';
import { type AnswerWriter, asked } from './answers.js';
import { type Fields, messageRefusal } from './message-rules.js';

export interface MessageKnobs {
  /** How many more are taken today, of each class and of lists. */
  transactional: number;
  marketing: number;
  lists: number;
  /** Operation messages are refused. */
  isNight: boolean;
  refusesPlain: boolean;
  readonly testDevices: Set<string>;
}

/** What was taken, and for whom. */
export interface Taken {
  readonly taskId: string;
  readonly message: Fields;
  readonly ofList: boolean;
  readonly targets: readonly string[];
  readonly at: number;
}

type Refuse = (code: string) => Refused;

const LIST_MIN = 2;
const LIST_MAX = 1_000;
const TASKS_MAX = 10_000;

export class MessageDesk {
  readonly #knobs: MessageKnobs;
  readonly #write: AnswerWriter;
  readonly #onTaken: (taken: Taken) => void;
  readonly #tasks = new Map<string, Fields>();
  #next = 547_101_200;

  constructor(knobs: MessageKnobs, write: AnswerWriter, onTaken: (taken: Taken) => void) {
    this.#knobs = knobs;
    this.#write = write;
    this.#onTaken = onTaken;
  }

  forgetTasks(): void {
    this.#tasks.clear();
  }

  send(body: Fields, now: number, refuse: Refuse): Reading {
    const { regId, alias: _, ...message } = body;
    const refusal = messageRefusal(message, false, this.#knobs) ?? idRefusal(body) ?? this.#dayRefusal(message, false);
    if (refusal !== undefined) return refuse(refusal);
    if (regId === undefined || regId === '') return refuse('10050');
    if (typeof regId !== 'string' || !isRegId(regId)) return refuse('10051');
    const taskId = this.#newId();
    return {
      ...this.#served(message, [regId], taskId, false, now),
      serve: (codes) => {
        const status = this.#statuses(message, [regId], codes).get(regId);
        if (status === undefined) {
          this.#count(message, 1);
          return { answer: this.#write('0', { taskId }), refused: new Map() };
        }
        const invalidUser = { userid: regId, status };
        return { answer: this.#write('10302', { invalidUser }), refused: new Map([[regId, String(status)]]) };
      },
    };
  }

  save(body: Fields, now: number, refuse: Refuse): Reading {
    const { regId, regIds } = body;
    if (regId !== undefined || regIds !== undefined) return refuse('10051');
    const refusal = messageRefusal(body, true, this.#knobs) ?? idRefusal(body) ?? this.#dayRefusal(body, true);
    if (refusal !== undefined) return refuse(refusal);
    const taskId = this.#newId();
    return {
      ...this.#served(body, [String(body.appId)], taskId, true, now),
      provider: 'vivo_list',
      isNotification: false,
      isTargetCode: () => false,
      serve: () => {
        this.#knobs.lists -= 1;
        this.#tasks.set(taskId, body);
        for (const oldest of this.#tasks.keys()) {
          if (this.#tasks.size <= TASKS_MAX) break;
          this.#tasks.delete(oldest);
        }
        return { answer: this.#write('0', { taskId }), refused: new Map() };
      },
      taken: () => undefined,
    };
  }

  push(body: Fields, now: number, refuse: Refuse): Reading {
    const { taskId, regIds, requestId } = body;
    // Which of 10150 to 10153 stands for which is not documented: our choice.
    if (!Array.isArray(regIds) || regIds.length === 0) return refuse('10150');
    const saved = this.#tasks.get(String(taskId));
    if (saved === undefined) return refuse('10151');
    if (regIds.length < LIST_MIN || regIds.length > LIST_MAX) return refuse('10152');
    if (!regIds.every((regId): regId is string => typeof regId === 'string' && isRegId(regId))) return refuse('10153');
    const message = { ...saved, pushMode: body.pushMode };
    const refusal = idRefusal(body) ?? this.#dayRefusal(message, false);
    if (refusal !== undefined) return refuse(refusal);
    const targets: readonly string[] = [...new Set(regIds)];
    return {
      ...this.#served({ ...message, taskId }, targets, `${taskId}.${requestId}`, true, now),
      serve: (codes) => {
        const statuses = this.#statuses(message, targets, codes);
        this.#count(message, targets.length - statuses.size);
        const invalidUsers = [...statuses].map(([userid, status]) => ({ userid, status }));
        const more = invalidUsers.length === 0 ? {} : { invalidUsers };
        const refused = new Map([...statuses].map(([target, status]) => [target, String(status)]));
        return { answer: this.#write('0', { requestId, ...more }), refused };
      },
    };
  }

  #served(
    message: Fields,
    targets: readonly string[],
    id: string,
    ofList: boolean,
    now: number,
  ): Omit<Served, 'serve'> {
    const taskId = ofList ? String(message.taskId) : id;
    return {
      ...{ kind: 'served', provider: 'vivo', targets, id, payload: message, isNotification: true },
      isTargetCode: (code) => statusOf(code) !== undefined,
      answerWith: (fault) => asked(this.#write, fault),
      taken: (got) => this.#onTaken({ taskId, message, ofList, targets: got, at: now }),
    };
  }

  /** Status of each target that is refused. */
  #statuses(
    { pushMode }: Fields,
    targets: readonly string[],
    codes: ReadonlyMap<string, string>,
  ): ReadonlyMap<string, number> {
    return new Map(
      targets.flatMap((target): [string, number][] => {
        const status = statusOf(codes.get(target) ?? '');
        if (status !== undefined) return [[target, status]];
        return pushMode === 1 && !this.#knobs.testDevices.has(target) ? [[target, 4]] : [];
      }),
    );
  }

  #dayRefusal({ classification }: Fields, isSave: boolean): string | undefined {
    const { transactional, marketing, lists, isNight } = this.#knobs;
    if (classification === 0 && isNight) return '10071';
    if (classification === 0 && marketing <= 0) return '10070';
    if (classification === 1 && transactional <= 0) return '10073';
    return isSave && lists <= 0 ? '10252' : undefined;
  }

  #count({ classification }: Fields, taken: number): void {
    this.#knobs[classification === 1 ? 'transactional' : 'marketing'] -= taken;
  }

  #newId(): string {
    this.#next += 1;
    return String(this.#next);
  }
}

/** 10302 names an unknown id; others are scripted as `invalidUser.3`. */
function statusOf(code: string): number | undefined {
  if (code === '10302') return 1;
  const [, status] = /^invalidUser\.(\d{1,3})$/.exec(code) ?? [];
  return status === undefined ? undefined : Number(status);
}

function isRegId(text: string): boolean {
  return /^[\x21-\x7e]{1,512}$/.test(text) && !/[,;]/.test(text);
}

function idRefusal({ requestId }: Fields): string | undefined {
  if (typeof requestId !== 'string' || requestId === '') return '10352';
  return requestId.length > 64 ? '10353' : undefined;
}
