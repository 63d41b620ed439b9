/** An app that the simulated Huawei knows, with the credentials of both generations. */
import { createPublicKey, generateKeyPair, type KeyObject, randomBytes, randomInt } from 'node:crypto';
import { promisify } from 'node:util';

export interface HuaweiAccount {
  readonly appId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly projectId: string;
  readonly keyId: string;
  readonly subAccount: string;
  readonly publicKey: KeyObject;
  /** The text of the service account's key file. */
  readonly serviceAccount: string;
}

const KEY_BITS = 2_048;

export async function createHuaweiAccount(): Promise<HuaweiAccount> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS });
  const digits = (length: number) => String(randomInt(10 ** (length - 1), 10 ** length));
  const appId = digits(9);
  const projectId = digits(12);
  const keyId = randomBytes(16).toString('hex');
  const subAccount = digits(9);
  const serviceAccount = JSON.stringify({
    project_id: projectId,
    key_id: keyId,
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    sub_account: subAccount,
    auth_uri: 'https://oauth-login.cloud.huawei.com/oauth2/v3/authorize',
    token_uri: 'https://oauth-login.cloud.huawei.com/oauth2/v3/token',
    auth_provider_cert_uri: 'https://oauth-login.cloud.huawei.com/oauth2/v3/certs',
    client_cert_uri: 'https://oauth-login.cloud.huawei.com/oauth2/v3/x509',
  });
  return {
    ...{ appId, clientId: appId, clientSecret: randomBytes(32).toString('hex'), projectId, keyId, subAccount },
    ...{ publicKey: createPublicKey(privateKey), serviceAccount },
  };
}
