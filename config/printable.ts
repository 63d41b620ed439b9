/** What may be shown of a configuration: as it was written, with every secret masked. */
import type { Json } from '../src/domain/json.js';
import type { Path } from './yaml-source.js';

/** Stands for a secret that was written in the open. */
export const MASK = '***';

/** A reference, or a place that a template leaves for a value: neither is the value. */
const STANDS_FOR_ANOTHER = /^(\$\{(env|file):[^}]+\}|\{\{[^{}]+\}\})$/;
/** Names of options that are secrets at some vendor; `key_id`, `per_key` and the like are not. */
const SECRET_NAME =
  /secret|password|passphrase|private|credential|service_account|(^|(?<!^per)_)(key|keys|token|tokens|jwk)$/i;
const URL_PASSWORD = /(:\/\/[^/?#:@\s]*):[^/?#\s]*@/g;
const QUERY_PASSWORD = /([?&](?:password|sslpassword|tlsCertificateKeyFilePassword)=)[^&#\s]*/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * A copy that may be logged. A reference is shown as written, since it tells where a value comes from and not
 * what it is; anything else whose schema calls it secret is masked, or its name where the schema says nothing; so is
 * everything under it.
 *
 * @param written the configuration before its references were replaced
 * @param isSecret what schemas say of a path
 */
export function printable(
  written: unknown,
  isSecret: (path: Path) => boolean | undefined = () => undefined,
  path: Path = [],
): Json {
  if (typeof written === 'string' && STANDS_FOR_ANOTHER.test(written)) return written;
  const name = path.findLast((part) => typeof part === 'string') ?? '';
  const hidden = isSecret(path) ?? (typeof name === 'string' && SECRET_NAME.test(name));
  if (typeof written === 'string') return hidden || PRIVATE_KEY.test(written) ? MASK : maskUrls(written);
  if (Array.isArray(written)) return written.map((item, index) => printable(item, isSecret, [...path, index]));
  if (typeof written === 'object' && written !== null) {
    const within = hidden ? (inner: Path) => isSecret(inner) ?? true : isSecret;
    return Object.fromEntries(
      Object.entries(written).map(([key, item]) => [key, printable(item, within, [...path, key])]),
    );
  }
  if (typeof written === 'number' || typeof written === 'boolean') return hidden ? MASK : written;
  return null;
}

/** Hides the passwords of the URLs in a text. */
export function maskUrls(text: string): string {
  return text.replace(URL_PASSWORD, `$1:${MASK}@`).replace(QUERY_PASSWORD, `$1${MASK}`);
}
