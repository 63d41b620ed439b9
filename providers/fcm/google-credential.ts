/**
 * Access tokens through firebase-admin's credentials: service-account keys, and application default
 * credentials, which include workload identity. The SDK is loaded when an app with FCM opens, not before.
 *
 * What is asked of the SDK beyond its types, and why:
 * - It keeps tokens by its own clock and gives no way to ask for a new one after a 401. Its client's
 *   `setCredentials` with an end in the past makes it fetch again.
 * - It asks `https://oauth2.googleapis.com/token` whatever `token_uri` says, repeats by itself and has no
 *   time limit. An interceptor of its HTTP client sets address, limit and authority.
 */
import { randomUUID } from 'node:crypto';
import { Agent } from 'node:https';
import type { IssuedToken, TokenSource } from './access-tokens.js';
import { NoTokenError, TokenTimeoutError } from './credential-failure.js';

export interface GoogleCredentialOptions {
  /** The parsed key file; application default credentials when absent. */
  readonly serviceAccount: Readonly<Record<string, unknown>> | undefined;
  /** In place of Google's, for service accounts. */
  readonly tokenEndpoint: string | undefined;
  /** PEM of the authority of `tokenEndpoint`. */
  readonly ca: string | undefined;
  /** For one request to the token endpoint. Default 10 s. */
  readonly requestTimeoutMs?: number;
}

const REQUEST_TIMEOUT_MS = 10_000;
/** Workload identity takes several requests, one after the other. */
const ISSUE_TIMEOUT_MS = 30_000;
const ANSWER_BYTES_MAX = 64 * 1024;

/** What this file uses of google-auth-library's clients (10.9), through firebase-admin (13.10). */
interface SdkClient {
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly quotaProjectId?: string | null;
  setCredentials(credentials: Readonly<Record<string, unknown>>): void;
  readonly transporter: {
    readonly interceptors: { readonly request: { add(interceptor: { resolved: Interceptor }): unknown } };
  };
}

interface SdkRequest {
  url: URL;
  agent?: unknown;
  signal?: AbortSignal;
  retryConfig?: { retry: number };
  redirect?: string;
  size?: number;
}

type Interceptor = (request: SdkRequest) => Promise<SdkRequest>;

interface SdkCredential {
  getAccessToken(): Promise<{ access_token: string; expires_in: number }>;
  /** Service accounts: makes `authClient` without asking anybody. */
  getGoogleAuth?(): unknown;
  /** Application default credentials: there after the first token. */
  readonly authClient?: SdkClient;
}

/**
 * Asks nobody yet.
 *
 * @throws Error when the key file holds no key that can be used.
 */
export async function openGoogleCredential(options: GoogleCredentialOptions): Promise<TokenSource> {
  const { applicationDefault, cert } = await import('firebase-admin/app');
  const { serviceAccount } = options;
  if (serviceAccount === undefined) return new GoogleCredential(applicationDefault() as unknown as SdkCredential);
  // The SDK hands out one object per content, with its token and our interceptor on it: another app's stay another's.
  const credential = cert({ ...serviceAccount, opened: randomUUID() } as object) as unknown as SdkCredential;
  credential.getGoogleAuth?.();
  const client = credential.authClient;
  if (client === undefined) throw new Error('this version of firebase-admin hides its HTTP client');
  return new GoogleCredential(credential, steer(client, options));
}

class GoogleCredential implements TokenSource {
  readonly #credential: SdkCredential;
  /** The connections of this credential alone, where it has any. */
  readonly #agent: Agent | undefined;

  constructor(credential: SdkCredential, agent?: Agent) {
    this.#credential = credential;
    this.#agent = agent;
  }

  async issue(signal: AbortSignal): Promise<IssuedToken> {
    if (this.#agent !== undefined) signal.addEventListener('abort', this.#cut, { once: true });
    const known = this.#credential.authClient;
    known?.setCredentials({ ...known.credentials, expiry_date: 1 });
    const { access_token, expires_in } = await within(this.#ask(), signal)
      .catch(explain)
      .finally(() => signal.removeEventListener('abort', this.#cut));
    const quotaProject = this.#credential.authClient?.quotaProjectId;
    return {
      value: access_token,
      expiresInSeconds: expires_in,
      ...(typeof quotaProject === 'string' && quotaProject !== '' ? { quotaProject } : {}),
    };
  }

  /**
   * The first time, application default credentials look up their project as well, which a workload may not be
   * allowed to and nobody here needs; asked again, they do without.
   */
  async #ask(): Promise<{ access_token: string; expires_in: number }> {
    const isFirst = this.#credential.authClient === undefined;
    return this.#credential.getAccessToken().catch((error: unknown) => {
      if (isFirst) return this.#credential.getAccessToken();
      throw error;
    });
  }

  readonly #cut = (): void => this.#agent?.destroy();
}

/** Gives the agent whose connections may be cut, where the place is not Google's own. */
function steer(client: SdkClient, options: GoogleCredentialOptions): Agent | undefined {
  const { tokenEndpoint, ca, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  // Without an override the SDK chooses, by the proxy variables of the environment.
  const agent = tokenEndpoint === undefined ? undefined : new Agent(ca === undefined ? {} : { ca });
  client.transporter.interceptors.request.add({
    resolved: async (request) => {
      if (tokenEndpoint !== undefined) {
        request.url = new URL(tokenEndpoint);
        request.agent = agent;
      }
      // Not a signal of ours: one that aborts before the SDK's HTTP client begins ends the whole process there.
      request.signal = AbortSignal.timeout(requestTimeoutMs);
      request.retryConfig = { retry: 0 }; // the house decides when to ask again
      request.redirect = 'error'; // a signed assertion goes where it was meant to go
      request.size = ANSWER_BYTES_MAX;
      return request;
    },
  });
  return agent;
}

/** The SDK's own words for an answer without a token say "credential", where the credential is not to blame. */
function explain(error: unknown): never {
  if (error instanceof Error && error.message.startsWith('Failed to parse Google auth credential')) {
    throw new NoTokenError('the token endpoint answered without a token');
  }
  throw error;
}

/** What the SDK does may never end; waiting for it does. */
function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (why: string) => {
      reject(new TokenTimeoutError(why));
      end();
    };
    const onAbort = () => stop('closed while it waited for an access token');
    const timer = setTimeout(() => stop(`no access token within ${ISSUE_TIMEOUT_MS / 1000} s`), ISSUE_TIMEOUT_MS);
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    promise.then(resolve, reject).finally(end);
  });
}
