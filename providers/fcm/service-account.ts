/** The key file of a service account. Source: Google Cloud, "Create and delete service account keys". */
import { createPrivateKey } from 'node:crypto';

export interface ServiceAccount {
  readonly projectId: string;
  /** All fields of the file, for the SDK. */
  readonly json: Readonly<Record<string, unknown>>;
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
  const account = json as Record<string, unknown>;
  if (account.type !== 'service_account') {
    const type = account.type === 'external_account' || account.type === 'authorized_user' ? ` (${account.type})` : '';
    throw new Error(
      `is not the key file of a service account${type}; for other credentials set credential: application_default`,
    );
  }
  for (const name of ['project_id', 'client_email', 'private_key']) {
    if (typeof account[name] !== 'string' || account[name] === '') throw new Error(`has no ${name}`);
  }
  checkKey(String(account.private_key));
  return { projectId: String(account.project_id), json: account };
}

function checkKey(pem: string): void {
  let type: string | undefined;
  try {
    type = createPrivateKey(pem).asymmetricKeyType;
  } catch {
    // The cause is left out: OpenSSL's words help nobody here and it must not carry key text.
    throw new Error('has a private_key that cannot be read: line breaks may be lost');
  }
  if (type !== 'rsa') throw new Error(`has a private_key of type ${type ?? 'unknown'}; Google’s are RSA keys`);
}
