import type { AtRest } from '../at-rest.js';

/**
 * SQL for the keyed hash under which an erased user is remembered; `pepper` is the parameter that holds
 * {@link erasurePepper}.
 */
export function erasedHash(pepper: string, app: string, user: string): string {
  return `encode(sha256(convert_to(${pepper}::text || '|' || ${app}::text || '|' || ${user}::text, 'UTF8')), 'hex')`;
}

export function erasurePepper(atRest: AtRest): string {
  return atRest.pepper('erased users');
}
