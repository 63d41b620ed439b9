import { randomBytes } from 'node:crypto';
import type { Refusal } from './answers.js';
import type { FcmAccount } from './service-account.js';

const TOKENS_MAX = 10_000;
/** Either lets its bearer send messages. */
const MESSAGING_SCOPES: readonly string[] = [
  'https://www.googleapis.com/auth/firebase.messaging',
  'https://www.googleapis.com/auth/cloud-platform',
];

interface Grant {
  readonly account: FcmAccount;
  readonly mayMessage: boolean;
  readonly expiresAtMs: number;
}

/** The access tokens that were given out. */
export class AccessTokens {
  readonly #lifeSeconds: number;
  readonly #projects: ReadonlySet<string>;
  readonly #grants = new Map<string, Grant>();

  constructor(accounts: readonly FcmAccount[], lifeSeconds: number) {
    this.#lifeSeconds = lifeSeconds;
    this.#projects = new Set(accounts.map(({ projectId }) => projectId));
  }

  issue(account: FcmAccount, scopes: readonly string[], nowMs: number): { token: string; expiresInSeconds: number } {
    if (this.#grants.size >= TOKENS_MAX) this.#forgetOld(nowMs);
    const token = `ya29.c.${randomBytes(96).toString('base64url')}`;
    const mayMessage = scopes.some((scope) => MESSAGING_SCOPES.includes(scope));
    this.#grants.set(token, { account, mayMessage, expiresAtMs: nowMs + this.#lifeSeconds * 1000 });
    return { token, expiresInSeconds: this.#lifeSeconds };
  }

  /** Ends every token given out so far, as a removed key would. */
  revokeAll(): void {
    this.#grants.clear();
  }

  /**
   * Google's refusal of an `authorization` header for a project, or `undefined` when it may send there. None of them
   * carries FcmError: they come from before FCM.
   */
  refuse(authorization: string | undefined, projectId: string, nowMs: number): Refusal | undefined {
    if (authorization === undefined) {
      return unauthenticated('Request is missing required authentication credential.');
    }
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    const grant = token === undefined ? undefined : this.#grants.get(token);
    if (grant === undefined || nowMs >= grant.expiresAtMs) {
      return unauthenticated('Request had invalid authentication credentials.');
    }
    if (!grant.mayMessage) return denied('Request had insufficient authentication scopes.');
    if (projectId === grant.account.projectId) return undefined;
    if (this.#projects.has(projectId)) {
      return denied(`Permission 'cloudmessaging.messages.create' denied on resource '//projects/${projectId}'.`);
    }
    return { status: 404, canonical: 'NOT_FOUND', message: 'Requested entity was not found.' };
  }

  #forgetOld(nowMs: number): void {
    for (const [token, { expiresAtMs }] of this.#grants) {
      if (nowMs >= expiresAtMs) this.#grants.delete(token);
    }
    if (this.#grants.size >= TOKENS_MAX) this.#grants.clear();
  }
}

function unauthenticated(message: string): Refusal {
  return { status: 401, canonical: 'UNAUTHENTICATED', message };
}

function denied(message: string): Refusal {
  return { status: 403, canonical: 'PERMISSION_DENIED', message };
}
