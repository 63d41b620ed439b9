import { generateKeyPair, randomBytes, randomInt } from 'node:crypto';
import { promisify } from 'node:util';

const RSA_BITS = 2048;

/** A service account as Google knows it. */
export interface FcmAccount {
  readonly projectId: string;
  /** The claim `iss`. */
  readonly clientEmail: string;
  /** The header `kid`; 40 hexadecimal characters. */
  readonly keyId: string;
  /** Public half, SPKI PEM. */
  readonly publicKey: string;
}

/** An account together with what its owner would download from Google. */
export interface FcmCredentials extends FcmAccount {
  /** PKCS#8 PEM. */
  readonly privateKey: string;
}

/** Makes a fresh RSA key of 2048 bits, off the event loop, with ids of Google's shape. */
export async function createFcmCredentials(options: { readonly projectId: string }): Promise<FcmCredentials> {
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: RSA_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    projectId: options.projectId,
    clientEmail: `firebase-adminsdk-${randomBytes(3).toString('hex')}@${options.projectId}.iam.gserviceaccount.com`,
    keyId: randomBytes(20).toString('hex'),
    publicKey: pair.publicKey,
    privateKey: pair.privateKey,
  };
}

/** The downloaded JSON file; `tokenUrl` becomes its `token_uri`. */
export function serviceAccountJson(credentials: FcmCredentials, tokenUrl: string): string {
  const file = {
    type: 'service_account',
    project_id: credentials.projectId,
    private_key_id: credentials.keyId,
    private_key: credentials.privateKey,
    client_email: credentials.clientEmail,
    client_id: Array.from({ length: 21 }, () => randomInt(1, 10)).join(''),
    token_uri: tokenUrl,
    universe_domain: 'googleapis.com',
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
