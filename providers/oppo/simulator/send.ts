/** The four endpoints that take notifications. OPPO, “Notification messages”. */
import { randomUUID } from 'node:crypto';
import type { ReceiptPoster } from '../../simulation/receipt-poster.js';
import type { Reading, Served, VendorAnswer, VendorCall } from '../../simulation/vendor-call.js';
import type { AuthEndpoint } from './auth.js';
import type { DayCounts } from './day-counts.js';
import { readForm, refuse, say, type Wording } from './form.js';
import { notificationFault } from './notification-rules.js';
import type { OppoReceipt } from './receipts.js';
import { BoundedMap, SavedContents } from './saved-contents.js';
import { type SendForm, sendAnswer } from './send-answer.js';

const TARGETS_MAX = 1_000;
/** Names of messages that are remembered; the oldest go first. */
const KEPT_MAX = 200_000;
const PATHS = '/server/v1/message/notification/';

export type HostRegion = 'china' | 'overseas';

interface Item {
  readonly id: string;
  readonly notification: Readonly<Record<string, unknown>>;
}

export interface SendHouse {
  readonly region: HostRegion;
  readonly auth: AuthEndpoint;
  readonly counts: DayCounts;
  readonly wording: Wording;
  readonly templates: ReadonlySet<string> | undefined;
  readonly poster: ReceiptPoster<OppoReceipt>;
  /** Registration ids that are refused, and those that the feed has not told of. */
  readonly dead: Set<string>;
  readonly untold: Set<string>;
}

export class SendEndpoints {
  readonly #house: SendHouse;
  readonly #contents = new SavedContents();
  /** Names of messages that single devices were sent: each is shown once. */
  readonly #shown = new BoundedMap<true>(KEPT_MAX);

  constructor(house: SendHouse) {
    this.#house = house;
  }

  forgetContents(): void {
    this.#contents.forget();
  }

  /** @returns undefined for a path that is none of these */
  read(call: VendorCall): Reading | undefined {
    if (!call.path.startsWith(PATHS)) return undefined;
    const endpoint = call.path.slice(PATHS.length);
    const readings: Readonly<Record<string, (fields: ReadonlyMap<string, string>, call: VendorCall) => Reading>> = {
      unicast: (fields) => this.#unicast(fields, call),
      unicast_batch: (fields) => this.#batch(fields, call),
      save_message_content: (fields) => this.#save(fields, call),
      broadcast: (fields) => this.#broadcast(fields, call),
    };
    const read = Object.hasOwn(readings, endpoint) ? readings[endpoint] : undefined;
    if (read === undefined) return undefined;
    const { auth, wording } = this.#house;
    const fields = readForm(call);
    if (typeof fields === 'string') return refuse(wording, 'oppo', fields);
    const fault = auth.fault(fields.get('auth_token') ?? call.headers.auth_token, call.now);
    return fault === undefined ? read(fields, call) : refuse(wording, 'oppo', fault);
  }

  #unicast(fields: ReadonlyMap<string, string>, call: VendorCall): Reading {
    const message = fields.get('message');
    if (message === undefined) return this.#refuse('40');
    const item = this.#item(parse(message));
    return typeof item === 'string' ? this.#refuse(item) : this.#deliver([item], call, 'one');
  }

  #batch(fields: ReadonlyMap<string, string>, call: VendorCall): Reading {
    const messages = fields.get('messages');
    if (messages === undefined) return this.#refuse('40');
    const list = parse(messages);
    if (!Array.isArray(list) || list.length === 0 || list.length > TARGETS_MAX) return this.#refuse('41');
    const items: Item[] = [];
    for (const one of list) {
      const item = this.#item(one);
      if (typeof item === 'string') return this.#refuse(item);
      items.push(item);
    }
    if (new Set(items.map(({ id }) => id)).size < items.length) return this.#refuse('41');
    return this.#deliver(items, call, 'items');
  }

  #item(raw: unknown): Item | string {
    if (!isObject(raw)) return '41';
    const { target_type: type, target_value: id, notification, verify_registration_id: verify, ...rest } = raw;
    if (type === undefined || id === undefined || notification === undefined) return '40';
    if (Object.keys(rest).length > 0 || (verify !== undefined && typeof verify !== 'boolean')) return '41';
    if (type !== 2 || typeof id !== 'string' || id === '' || /[;,\s]/.test(id) || !isObject(notification)) return '41';
    return notificationFault(notification, this.#house.templates, false) ?? { id, notification };
  }

  #save(fields: ReadonlyMap<string, string>, call: VendorCall): Reading {
    const { wording, templates, counts } = this.#house;
    const { auth_token: _, ...content } = Object.fromEntries(fields);
    const fault = notificationFault(content, templates, true);
    if (fault !== undefined) return refuse(wording, 'oppo_save', fault, { payload: content });
    const name = typeof content.app_message_id === 'string' ? content.app_message_id : randomUUID();
    return {
      ...this.#served('oppo_save', [name], content),
      isNotification: false,
      isTargetCode: () => false,
      serve: () => {
        const known = this.#contents.idOf(name);
        if (known === undefined && !counts.takeSave(call.now)) return whole(say(wording, '42'), [name], '42');
        const id = known ?? this.#contents.save(name, content);
        return { answer: say(wording, '0', { message_id: id }), refused: new Map() };
      },
    };
  }

  #broadcast(fields: ReadonlyMap<string, string>, call: VendorCall): Reading {
    const messageId = fields.get('message_id');
    const type = fields.get('target_type');
    const value = fields.get('target_value');
    if (messageId === undefined || type === undefined || value === undefined || value === '') return this.#refuse('40');
    const ids = value.split(';');
    if (type !== '2' || ids.length > TARGETS_MAX || ids.some((id) => id === '') || new Set(ids).size < ids.length) {
      return this.#refuse('41');
    }
    const content = this.#contents.get(messageId);
    if (content === undefined) return refuse(this.#house.wording, 'oppo', '31', { targets: ids });
    return this.#deliver(
      ids.map((id) => ({ id, notification: content })),
      call,
      { messageId },
    );
  }

  #deliver(items: readonly Item[], call: VendorCall, form: SendForm): Reading {
    const { wording, counts } = this.#house;
    const ids = items.map(({ id }) => id);
    const notification = items[0]?.notification ?? {};
    /** What the device is told of, apart from the answer. */
    const events = new Map<string, string>();
    const names = new Map<string, string>();
    const requestId = typeof form === 'object' ? form.messageId : randomUUID();
    return {
      ...this.#served('oppo', ids, { notification }),
      id: requestId,
      isNotification: true,
      serve: (asked) => {
        if (!counts.take(items.length, call.now)) return whole(say(wording, '33'), ids, '33');
        const refused = new Map<string, string>();
        for (const item of items) {
          const { id } = item;
          const code = asked.get(id) ?? this.#faultOf(item, typeof form !== 'object');
          if (code === undefined) names.set(id, `${requestId}-${names.size}`);
          else if (EVENTS.has(code)) {
            names.set(id, `${requestId}-${names.size}`);
            events.set(id, code);
          } else refused.set(id, code);
        }
        return { answer: sendAnswer(wording, form, ids, refused, names), refused };
      },
      taken: (taken) =>
        this.#tell(taken, notification, call.now, (id) => ({
          eventType: events.get(id) ?? 'push_arrive',
          messageId: typeof form === 'object' ? form.messageId : (names.get(id) ?? requestId),
        })),
    };
  }

  #faultOf({ id, notification }: Item, isSingle: boolean): string | undefined {
    const parts = id.split('_');
    const isChinas =
      parts.length === 1 || (parts.length === 2 && parts[0] === 'CN') || (parts.length === 3 && parts[1] === 'CN');
    if (isChinas !== (this.#house.region === 'china') || this.#house.dead.has(id)) return '10000';
    const name = notification.app_message_id;
    if (!isSingle || typeof name !== 'string') return undefined;
    if (this.#shown.has(name)) return '32';
    this.#shown.set(name, true);
    return undefined;
  }

  #tell(
    taken: readonly string[],
    notification: Readonly<Record<string, unknown>>,
    now: number,
    of: (id: string) => { readonly eventType: string; readonly messageId: string },
  ): void {
    const { call_back_url: url, call_back_parameter: param } = notification;
    for (const id of taken) {
      if (of(id).eventType !== 'regid_invalid') continue;
      this.#house.dead.add(id);
      this.#house.untold.add(id);
    }
    if (typeof url !== 'string') return;
    this.#house.poster.tell(
      url,
      taken.map((id) => ({ ...of(id), registrationId: id, param: typeof param === 'string' ? param : '', at: now })),
    );
  }

  #served(provider: string, targets: readonly string[], payload: unknown): Omit<Served, 'isNotification' | 'serve'> {
    const { wording, auth } = this.#house;
    return {
      kind: 'served',
      provider,
      targets,
      id: randomUUID(),
      payload,
      isTargetCode: (code) => EVENTS.has(code) || code === '32' || Number(code) >= 10_000,
      answerWith: ({ status, code }) => {
        // Said of a token that was good a moment ago: it has ended.
        if (code === '11') auth.revokeAll();
        return say(wording, code ?? '-1', null, status);
      },
    };
  }

  #refuse(code: string): Reading {
    return refuse(this.#house.wording, 'oppo', code);
  }
}

/** Taken, and told of by a receipt: what the fault plan may ask for as if it were a code. */
const EVENTS: ReadonlySet<string> = new Set(['regid_invalid', 'user_daily_limit']);

function whole(answer: VendorAnswer, targets: readonly string[], code: string) {
  return { answer, refused: new Map(targets.map((target) => [target, code])) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
