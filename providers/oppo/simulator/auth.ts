/** OPPO's token endpoint and the tokens that it gave out. OPPO, “Authentication”. */
import { createHash, randomUUID } from 'node:crypto';
import type { Reading, VendorCall } from '../../simulation/vendor-call.js';
import { readForm, refuse, say, type Wording } from './form.js';

/** Both sides' clocks may differ so much. */
const CLOCK_MS = 10 * 60_000;
const LIFE_MS = 24 * 3_600_000;

export interface OppoAccount {
  readonly appKey: string;
  readonly masterSecret: string;
}

export class AuthEndpoint {
  readonly #account: OppoAccount;
  readonly #wording: Wording;
  readonly #lifeMs: number;
  /** When each ends. */
  readonly #tokens = new Map<string, number>();

  constructor(account: OppoAccount, wording: Wording, lifeMs = LIFE_MS) {
    this.#account = account;
    this.#wording = wording;
    this.#lifeMs = lifeMs;
  }

  revokeAll(): void {
    this.#tokens.clear();
  }

  /** The code of what is wrong with it. */
  fault(token: string | undefined, now: number): string | undefined {
    if (token === undefined || token === '') return '29';
    return now < (this.#tokens.get(token) ?? 0) ? undefined : '11';
  }

  read(call: VendorCall): Reading {
    const wording = this.#wording;
    const fields = readForm(call);
    if (typeof fields === 'string') return refuse(wording, 'oppo_auth', fields);
    const fault = this.#faultOf(fields, call.now);
    const { appKey } = this.#account;
    if (fault !== undefined) return refuse(wording, 'oppo_auth', fault, { targets: [fields.get('app_key') ?? ''] });
    return {
      kind: 'served',
      provider: 'oppo_auth',
      targets: [appKey],
      id: randomUUID(),
      payload: { app_key: appKey },
      isNotification: false,
      isTargetCode: () => false,
      serve: () => {
        const token = randomUUID();
        for (const [known, endsAt] of this.#tokens) if (endsAt <= call.now) this.#tokens.delete(known);
        this.#tokens.set(token, call.now + this.#lifeMs);
        const data = { auth_token: token, create_time: call.now };
        return { answer: say(wording, '0', data), refused: new Map() };
      },
      answerWith: ({ status, code }) => say(wording, code ?? '-1', null, status),
    };
  }

  #faultOf(fields: ReadonlyMap<string, string>, now: number): string | undefined {
    const { appKey, masterSecret } = this.#account;
    const key = fields.get('app_key');
    const timestamp = fields.get('timestamp');
    const sign = fields.get('sign');
    if (key === undefined || key === '') return '15';
    if (key !== appKey) return '14';
    if (timestamp === undefined || timestamp === '') return '18';
    if (!/^\d{13}$/.test(timestamp) || Math.abs(Number(timestamp) - now) > CLOCK_MS) return '19';
    if (sign === undefined || sign === '') return '17';
    const wanted = createHash('sha256').update(appKey).update(timestamp).update(masterSecret).digest('hex');
    return sign === wanted ? undefined : '16';
  }
}
