import { GatewayError, isGatewayError } from '../../../domain/errors.js';
import { sqlState } from './sql.js';

/** Socket-level trouble, in the words of Node. */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);

/** What `pg` says without any code when a connection ends or the pool has none to give. */
const PG_CONNECTION_TEXT =
  /connection terminated|timeout exceeded when trying to connect|connection timeout|not queryable|after calling end on the pool|connection error/i;

/**
 * An engine's trouble in words of the catalogue; an error that speaks of the statement (classes 22, 23, 42 …)
 * is returned as it is. SQLSTATEs: PostgreSQL manual, appendix A.
 */
export function mapSqlError(error: unknown): unknown {
  if (isGatewayError(error)) return error;
  const state = sqlState(error);
  if (state !== undefined) return mapState(state, error);
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  const text = error instanceof Error ? error.message : String(error);
  if ((typeof code === 'string' && NETWORK.has(code)) || PG_CONNECTION_TEXT.test(text)) {
    return unavailable(`The Postgres server does not answer (${text || String(code)}); check store.url.`, error);
  }
  return error;
}

function mapState(state: string, error: unknown): unknown {
  const text = error instanceof Error ? error.message : String(error);
  if (state === '53100') {
    return new GatewayError('disk_full', 'The disk of the database is full; free space, then try again.', {
      cause: error,
      retryAfterSeconds: 30,
    });
  }
  if (state === '28P01' || state === '28000') {
    return unavailable(`The Postgres server refuses the credentials of store.url (${text}).`, error);
  }
  if (state === '3D000') return unavailable(`The database named in store.url does not exist (${text}).`, error);
  if (state === '57014') return unavailable('A statement took longer than its bound and was stopped.', error);
  if (state === '55P03') return unavailable('Another write held the same rows for too long.', error);
  if (state === 'XX001' || state === 'XX002') {
    return new GatewayError('store_corrupt', `The database reports damaged data (${text}); restore a backup.`, {
      cause: error,
    });
  }
  // 08 connection, 53 resources, 57P shutdown and crash, 58 system, 40 deadlock or serialisation: passes by itself.
  if (/^(08|53|57P|58|40)/.test(state)) return unavailable(`The database cannot do this now (${text}).`, error);
  return error;
}

function unavailable(message: string, cause: unknown): GatewayError {
  return new GatewayError('store_unavailable', message, { cause, retryAfterSeconds: 1 });
}
