import type { Provider, ProviderEnv, ProviderLimits } from '../contract.js';
import { parseDayStart } from '../shared/vendor-day.js';
import { VendorProvider } from '../shared/vendor-provider.js';
import { tokenKey, VendorTokens } from '../shared/vendor-tokens.js';
import { type Client, issueToken } from './access-token.js';
import { testCredentials } from './credential-test.js';
import { JWT_LIFE_SECONDS, signJwt } from './jwt.js';
import type { HuaweiOptions } from './options.js';
import { HuaweiProvider } from './provider.js';
import { HuaweiV3Provider } from './provider-v3.js';
import { readServiceAccount, type ServiceAccount } from './service-account.js';
import { wireV1, wireV3 } from './wires.js';

const ENDPOINT = 'https://push-api.cloud.huawei.com';
const TOKEN_ENDPOINT = 'https://oauth-login.cloud.huawei.com/oauth2/v3/token';

/** Opens what there are credentials for. */
export function openHuawei(options: HuaweiOptions, env: ProviderEnv, kindLimits: ProviderLimits): Provider {
  const { app_id, client_id, client_secret, service_account, project_id, ca } = options;
  const limits = Object.freeze({ ...kindLimits, requestTargetsMax: options.batch });
  const endpoint = options.endpoint ?? ENDPOINT;
  const clientId = client_id ?? app_id;
  const common = { limits, settings: options, dayStartsMinutes: parseDayStart(options.quota.day_starts) ?? 0 };
  const frame = { kind: 'huawei', origin: endpoint, ca };

  const client: Client | undefined =
    client_secret === undefined || clientId === undefined
      ? undefined
      : { id: clientId, secret: client_secret, tokenEndpoint: options.token_endpoint ?? TOKEN_ENDPOINT, ca };
  const v1Path =
    project_id === undefined
      ? `/v1/${encodeURIComponent(app_id ?? '')}/messages:send`
      : `/v2/${encodeURIComponent(project_id)}/messages:send`;
  const v1 =
    client === undefined
      ? undefined
      : new VendorProvider(
          { ...frame, wire: wireV1({ ...common, path: v1Path }), tokens: clientTokens(client, env) },
          env,
        );

  const account = service_account === undefined ? undefined : readServiceAccount(service_account);
  const v3Path = `/v3/${encodeURIComponent(account?.projectId ?? '')}/messages:send`;
  const v3 =
    account === undefined
      ? undefined
      : new HuaweiV3Provider(
          { ...frame, wire: wireV3({ ...common, path: v3Path }), tokens: accountTokens(account, env) },
          env,
          { settings: options, clientId },
        );

  const tested = { client, account, endpoint, path: v3Path, ca };
  return new HuaweiProvider(
    {
      ...(v1 === undefined ? {} : { v1 }),
      ...(v3 === undefined ? {} : { v3 }),
      limits,
      testCredentials: (signal) => testCredentials(tested, () => env.now(), signal),
    },
    env,
  );
}

function clientTokens(client: Client, env: ProviderEnv): VendorTokens {
  const key = tokenKey('huawei', client.tokenEndpoint, client.id, client.secret);
  return new VendorTokens({ key, issue: (signal) => issueToken(client, () => env.now(), signal) }, env);
}

/** Each process signs its own: nobody is asked for one. */
function accountTokens(account: ServiceAccount, env: ProviderEnv): VendorTokens {
  const { name, app, log } = env;
  const now = () => env.now();
  const issue = () =>
    Promise.resolve({
      kind: 'token' as const,
      token: { value: signJwt(account, now()), lifeSeconds: JWT_LIFE_SECONDS },
    });
  return new VendorTokens(
    { key: tokenKey('huawei', account.subAccount, account.keyId), issue },
    { name, app, log, now },
  );
}
