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
  const source = new GoogleCredential(credential);
  steer(client, options, source);
  return source;
}

class GoogleCredential implements TokenSource {
  /** Of the attempt under way. */
  signal = new AbortController().signal;
  readonly #credential: SdkCredential;

  constructor(credential: SdkCredential) {
    this.#credential = credential;
  }

  async issue(signal: AbortSignal): Promise<IssuedToken> {
    this.signal = signal;
    const known = this.#credential.authClient;
    known?.setCredentials({ ...known.credentials, expiry_date: 1 });
    const { access_token, expires_in } = await within(this.#credential.getAccessToken(), signal).catch(explain);
    const quotaProject = this.#credential.authClient?.quotaProjectId;
    return {
      value: access_token,
      expiresInSeconds: expires_in,
      ...(typeof quotaProject === 'string' && quotaProject !== '' ? { quotaProject } : {}),
    };
  }
}

function steer(client: SdkClient, { tokenEndpoint, ca }: GoogleCredentialOptions, attempt: GoogleCredential): void {
  const agent = tokenEndpoint === undefined ? undefined : new Agent(ca === undefined ? {} : { ca });
  client.transporter.interceptors.request.add({
    resolved: async (request) => {
      if (tokenEndpoint !== undefined) {
        request.url = new URL(tokenEndpoint);
        request.agent = agent;
      }
      request.signal = AbortSignal.any([attempt.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
      request.retryConfig = { retry: 0 }; // the house decides when to ask again
      request.redirect = 'error'; // a signed assertion goes where it was meant to go
      request.size = ANSWER_BYTES_MAX;
      return request;
    },
  });
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
    const stop = () => reject(new TokenTimeoutError('closed while it waited for an access token'));
    const timer = setTimeout(
      () => reject(new TokenTimeoutError(`no access token within ${ISSUE_TIMEOUT_MS / 1000} s`)),
      ISSUE_TIMEOUT_MS,
    );
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    promise.then(resolve, reject).finally(end);
  });
}
