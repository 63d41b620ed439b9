/** What may be shown of a configuration: as it was written, with every secret masked. */
import type { Json } from '../src/domain/json.js';
import type { Path } from './yaml-source.js';

/** Stands for a secret that was written in the open. */
export const MASK = '***';

const WHOLE_REFERENCE = /^\$\{(env|file):[^}]+\}$/;
/** Names of options that are secrets at some vendor; `key_id`, `per_key` and the like are not. */
const SECRET_NAME =
  /secret|password|passphrase|private|credential|service_account|(^|(?<!^per)_)(key|keys|token|tokens|jwk)$/i;
const URL_PASSWORD = /(:\/\/[^/?#:@\s]*):[^/?#\s]*@/g;
const QUERY_PASSWORD = /([?&](?:password|sslpassword)=)[^&#\s]*/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * A copy that may be logged. A reference is shown as written, since it tells where a value comes from and not
 * what it is; anything else whose name or schema calls it secret is masked, also where it is a whole branch.
 *
 * @param written the configuration before its references were replaced
 * @param isSecret what schemas say of a path
 */
export function printable(written: unknown, isSecret: (path: Path) => boolean = () => false, path: Path = []): Json {
  if (typeof written === 'string' && WHOLE_REFERENCE.test(written)) return written;
  const name = path.findLast((part) => typeof part === 'string') ?? '';
  const hidden = isSecret(path) || (typeof name === 'string' && SECRET_NAME.test(name));
  if (typeof written === 'string') return hidden || PRIVATE_KEY.test(written) ? MASK : maskUrls(written);
  if (Array.isArray(written)) return written.map((item, index) => printable(item, isSecret, [...path, index]));
  if (typeof written === 'object' && written !== null) {
    const entries = Object.entries(written).map(([key, item]) => [key, printable(item, isSecret, [...path, key])]);
    return Object.fromEntries(hidden ? entries.map(([key]) => [key, MASK]) : entries);
  }
  if (typeof written === 'number' || typeof written === 'boolean') return hidden ? MASK : written;
  return null;
}

/** Hides the passwords of the URLs in a text. */
export function maskUrls(text: string): string {
  return text.replace(URL_PASSWORD, `$1:${MASK}@`).replace(QUERY_PASSWORD, `$1${MASK}`);
}
