/** The key file of a service account of Huawei's, which signs what is sent to HarmonyOS NEXT. */
import { createPrivateKey, type KeyObject } from 'node:crypto';

export interface ServiceAccount {
  readonly projectId: string;
  readonly keyId: string;
  readonly subAccount: string;
  readonly key: KeyObject;
}

/**
 * Reads the text of a key file.
 *
 * @throws Error with a sentence on what is wrong with it; the text itself is never in it.
 */
export function readServiceAccount(text: string): ServiceAccount {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('is not JSON: it takes the text of the key file, not its name');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('is not a JSON object');
  const fields: Readonly<Record<string, unknown>> = { ...json };
  const textOf = (name: string) => {
    const value = fields[name];
    if (typeof value !== 'string' || value === '') throw new Error(`has no ${name}: is it the key file of Push Kit?`);
    return value;
  };
  return {
    projectId: textOf('project_id'),
    keyId: textOf('key_id'),
    subAccount: textOf('sub_account'),
    key: readKey(textOf('private_key')),
  };
}

function readKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The cause is left out: OpenSSL's words help nobody here and it must not carry key text.
    throw new Error('has a private_key that cannot be read: line breaks may be lost');
  }
  if (key.asymmetricKeyType !== 'rsa') {
    throw new Error(`has a private_key of type ${key.asymmetricKeyType ?? 'unknown'}; Huawei’s are RSA keys`);
  }
  return key;
}
