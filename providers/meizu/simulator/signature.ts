import { createHash } from 'node:crypto';

/** Whether a form is signed as Meizu wants it: over the decoded values, in the order of the names. */
export function isSigned(form: URLSearchParams, appSecret: string): boolean {
  const names = [...new Set(form.keys())].filter((name) => name !== 'sign').sort();
  const digest = createHash('md5');
  for (const name of names) digest.update(`${name}=${form.get(name) ?? ''}`);
  return digest.update(appSecret).digest('hex') === form.get('sign');
}
