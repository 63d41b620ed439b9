import { createHash } from 'node:crypto';

/**
 * Meizu's `sign`: MD5, in lower-case hex, of all other parameters in the order of their names, `name=value` without
 * anything between them, values as they are and not as the form encodes them, and the app secret at the end.
 */
export function sign(parameters: Readonly<Record<string, string>>, appSecret: string): string {
  const pairs = Object.entries(parameters)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return createHash('md5')
    .update(`${pairs.join('')}${appSecret}`, 'utf8')
    .digest('hex');
}

/** The form of a request with its signature in it. The same texts are signed and sent. */
export function signedForm(parameters: Readonly<Record<string, string>>, appSecret: string): string {
  return new URLSearchParams({ ...parameters, sign: sign(parameters, appSecret) }).toString();
}
