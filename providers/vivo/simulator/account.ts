/** The app that this vivo knows, and the access tokens it gave out. Source: vivo server API, document 362, `/message/auth`. */
import { createHash, randomUUID } from 'node:crypto';

export interface VivoApp {
  readonly appId: string;
  readonly appKey: string;
  readonly appSecret: string;
}

const WINDOW_MS = 10 * 60_000;

export interface AccountRules {
  /** Life of an access token. */
  readonly tokenSeconds: number;
  /** Requests for one in a second at most. */
  readonly authPerSecond: number;
}

export class Account {
  readonly app: VivoApp;
  readonly #rules: AccountRules;
  /** Token and its end. */
  readonly #tokens = new Map<string, number>();
  #second = 0;
  #inSecond = 0;

  constructor(app: VivoApp, rules: AccountRules) {
    this.app = app;
    this.#rules = rules;
  }

  /** The code by which a request for a token is refused; undefined for one that is right. */
  refusalOf(asked: Readonly<Record<string, unknown>>, now: number): string | undefined {
    const { appId, appKey, timestamp, sign } = asked;
    const { app } = this;
    if (typeof appId !== 'string' || typeof appKey !== 'string' || typeof sign !== 'string') return '10200';
    if (appId !== app.appId || appKey !== app.appKey) return '10200';
    const at = typeof timestamp === 'string' && /^\d+$/.test(timestamp) ? Number(timestamp) : timestamp;
    if (typeof at !== 'number' || !/^\d{13}$/.test(String(at)) || Math.abs(now - at) > WINDOW_MS) return '10207';
    const wanted = createHash('md5').update([appId, appKey, at, app.appSecret].join('')).digest('hex');
    if (sign !== wanted) return '10206';
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#inSecond = 0;
    }
    this.#inSecond += 1;
    return this.#inSecond > this.#rules.authPerSecond ? '10093' : undefined;
  }

  /** Others stay good beside it. */
  issue(now: number): string {
    const token = randomUUID();
    this.#tokens.set(token, now + this.#rules.tokenSeconds * 1_000);
    return token;
  }

  isGood(token: string | undefined, now: number): boolean {
    return token !== undefined && now < (this.#tokens.get(token) ?? 0);
  }

  revokeAll(): void {
    this.#tokens.clear();
  }
}
