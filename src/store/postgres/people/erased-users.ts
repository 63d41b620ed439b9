import { ERASED_USER } from '../../../domain/chunk.js';
import type { AtRest } from '../../at-rest.js';

/**
 * SQL for the keyed hash under which an erased user is remembered; `pepper` is the parameter that holds
 * {@link erasurePepper}.
 */
export function erasedHash(pepper: string, app: string, user: string): string {
  return `encode(sha256(convert_to(${pepper}::text || '|' || ${app}::text || '|' || ${user}::text, 'UTF8')), 'hex')`;
}

/**
 * SQL: the delivery is of nobody who was erased since its message was accepted. `row` is an alias with `user_id` and
 * `queued_at`; `app` where it has no such column.
 */
export function isNotErased(row: string, pepper: string, app = `${row}.app`): string {
  return `(${row}.user_id IS NULL OR (${row}.user_id <> '${ERASED_USER}' AND (
    (SELECT NOT EXISTS (SELECT 1 FROM pealbell.erased_users)) OR NOT EXISTS (
      SELECT 1 FROM pealbell.erased_users e
      WHERE e.app = ${app} AND e.user_hash = ${erasedHash(pepper, app, `${row}.user_id`)} AND e.at >= ${row}.queued_at
    ))))`;
}

export function erasurePepper(atRest: AtRest): string {
  return atRest.pepper('erased users');
}
