import type { IncomingMessage } from 'node:http';
import { nearest } from '../domain/suggest.js';
import { isTwin, twinOf } from '../domain/twin.js';
import type { Scope } from '../ports/key-store.js';
import type { Principal, ServerKeys } from '../usecases/server-keys.js';
import { Refusal } from './refusal.js';

/** Who asks, and for which app. */
export interface Caller {
  readonly keyId: string;
  readonly app: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** `unreachable`: for now, until the simulators are found. */
export type TestKeys = 'off' | 'unreachable' | 'on';

interface Apps {
  hasApp(app: string): boolean;
  appNames(): readonly string[];
  /** Whether apps have twins for test keys; `off` when absent. */
  testKeys?(): TestKeys;
}

// RFC 6750 §2.1: the credentials are a b64token; the scheme's case does not count (RFC 9110 §11.1).
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** What the Authorization header holds after `Bearer`; undefined where it is not of that form. */
export function bearerOf(req: IncomingMessage): string | undefined {
  return BEARER.exec(req.headers.authorization ?? '')?.[1];
}

/**
 * Finds out who asks.
 *
 * @throws Refusal 401 with `WWW-Authenticate` (RFC 6750 §3)
 */
export async function authenticate(keys: ServerKeys, req: IncomingMessage): Promise<Principal> {
  const header = req.headers.authorization;
  if (header === undefined) {
    const detail = 'send the server key as Authorization: Bearer pealbell_key_…';
    throw new Refusal('unauthorized', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="pealbell"' } });
  }
  const key = bearerOf(req);
  if (key === undefined) throw invalidToken('the Authorization header is not of the form Bearer <server key>');
  const answer = await keys.authenticate(key);
  if (answer.kind === 'known') return answer.principal;
  switch (answer.why) {
    case 'malformed':
      if (key.includes('.'))
        throw invalidToken('this is the access token of a device, and here a server key is needed');
      throw invalidToken('this is not a server key; it may have been cut or mistyped');
    case 'unknown':
      throw invalidToken('this server key is not known here');
    case 'revoked':
      throw invalidToken('this server key was revoked');
    case 'expired':
      throw invalidToken('this server key has expired');
    default:
      throw new Error(`unknown refusal ${answer.why satisfies never}`);
  }
}

/**
 * The one authorisation function: may this principal do what needs one of `scopes`, and for which app?
 * A key bound to an app is bound whatever its scopes; any other key must name one with `X-App`. A test key acts in the
 * twin of that app.
 *
 * @throws Refusal 403 `missing_scope`, `app_mismatch` or `test_keys_off`, 503 `simulators_unreachable`, 404 `app_not_found`, 422 `app_required`
 */
export function authorise(
  apps: Apps,
  principal: Principal,
  xApp: string | undefined,
  scopes: readonly Scope[],
): Caller {
  if (!scopes.some((scope) => principal.scopes.has(scope))) throw missingScope(scopes);
  if (principal.app !== null && xApp !== undefined && xApp !== principal.app) {
    throw new Refusal('app_mismatch', `this key belongs to the app '${principal.app}'; leave X-App out`);
  }
  const app = principal.app ?? xApp;
  if (app === undefined) {
    const detail = 'this key is not bound to an app; name one with the header X-App';
    throw new Refusal('app_required', detail, { faults: [{ parameter: 'X-App', code: 'required', detail }] });
  }
  // A twin has no name at the door.
  if (isTwin(app) || !apps.hasApp(app)) throw unknownApp(apps, app);
  const { keyId } = principal;
  if (!principal.isTest) return { keyId, app, scopes: principal.scopes };
  refuseTestKeys(apps.testKeys?.() ?? 'off');
  return { keyId, app: twinOf(app), scopes: principal.scopes };
}

/** @throws Refusal 403 unless the caller has every one of `scopes` */
export function requireScopes(caller: Caller, scopes: readonly Scope[]): void {
  for (const scope of scopes) if (!caller.scopes.has(scope)) throw missingScope([scope]);
}

function refuseTestKeys(state: TestKeys): void {
  if (state === 'off') {
    throw new Refusal(
      'test_keys_off',
      'this is a test key, and this gateway has simulators: off; use a key without test in it, or set simulators: embedded in gateway.yaml',
    );
  }
  if (state === 'unreachable') {
    throw new Refusal('simulators_unreachable', 'test keys wait for the simulators, which cannot be reached just now');
  }
}

function missingScope(scopes: readonly Scope[]): Refusal {
  const named = scopes.map((scope) => `'${scope}'`).join(' or ');
  const challenge = `Bearer realm="pealbell", error="insufficient_scope", scope="${scopes.join(' ')}"`;
  return new Refusal('missing_scope', `this needs a key with the scope ${named}`, {
    headers: { 'WWW-Authenticate': challenge },
  });
}

function invalidToken(detail: string): Refusal {
  const challenge = `Bearer realm="pealbell", error="invalid_token", error_description="${detail}"`;
  return new Refusal('unauthorized', detail, { headers: { 'WWW-Authenticate': challenge.replace(/[^ -~]/g, '') } });
}

function unknownApp(apps: Apps, app: string): Refusal {
  const shown = app.length <= 64 && /^[ -~]*$/.test(app) ? app : 'this';
  const guess = nearest(app, apps.appNames());
  const hint = guess === undefined ? `its file would be config/apps/<app>.yaml` : `did you mean '${guess}'?`;
  return new Refusal('app_not_found', `there is no app '${shown}'; ${hint}`);
}
