import mongoose from 'mongoose';
import { GatewayError, isGatewayError } from '../../../domain/errors.js';

const { MongoError, MongoNetworkError, MongoServerError, MongoBulkWriteError, MongoServerSelectionError } =
  mongoose.mongo;

const DUPLICATE_KEY = 11_000;
const UNAUTHORIZED = new Set([13, 18]);
/** Not the primary, shutting down, interrupted by a switch, write concern not met in time (MongoDB manual, "Error codes"). */
const PASSING = new Set([
  ...[6, 7, 64, 89, 91, 100, 189, 262, 317, 358, 384, 9_001, 10_058, 10_107],
  ...[11_600, 11_602, 13_388, 13_435, 13_436],
]);
const OUT_OF_DISK = 14_031;

/** Whether a write was refused because something with that key is there; in a bulk, whether that is all there was. */
export function isDuplicateKey(error: unknown): boolean {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if (e instanceof MongoBulkWriteError) return duplicatesOf(e) !== undefined;
    if (e instanceof MongoServerError && e.code === DUPLICATE_KEY) return true;
  }
  return false;
}

/**
 * Places in an unordered bulk whose key was taken; the others were written.
 *
 * @returns undefined where something else went wrong as well, or the error is another one
 */
export function duplicatesOf(error: unknown): readonly number[] | undefined {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if (!(e instanceof MongoBulkWriteError)) continue;
    const faults = Array.isArray(e.writeErrors) ? e.writeErrors : [e.writeErrors];
    // Where nothing is said of single writes the bulk was broken off: nobody knows what was written.
    if (faults.length === 0 || e.result.getWriteConcernError() !== undefined) return undefined;
    return faults.every(({ code }) => code === DUPLICATE_KEY) ? faults.map(({ index }) => index) : undefined;
  }
  return undefined;
}

/** The driver's trouble in words of the catalogue; what speaks of a command is returned as it is. */
export function mapMongoError(error: unknown): unknown {
  if (isGatewayError(error) || !(error instanceof Error)) return error;
  if (error instanceof mongoose.mongo.MongoParseError || error instanceof mongoose.mongo.MongoInvalidArgumentError) {
    return new GatewayError('config_invalid', `store.url cannot be used: ${error.message}.`, { cause: error });
  }
  if (error instanceof MongoBulkWriteError && error.code === undefined && [error.writeErrors].flat().length === 0) {
    return unavailable(`The MongoDB server did not answer a write (${error.message}).`, error);
  }
  if (error instanceof MongoServerError) {
    const code = Number(error.code);
    if (UNAUTHORIZED.has(code)) {
      return unavailable(`The MongoDB server refuses the credentials of store.url (${error.message}).`, error);
    }
    if (code === OUT_OF_DISK) {
      return new GatewayError('disk_full', 'The disk of the database is full; free space, then try again.', {
        cause: error,
        retryAfterSeconds: 30,
      });
    }
    if (PASSING.has(code)) return unavailable(`The database cannot do this now (${error.message}).`, error);
    return error;
  }
  const isGone =
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    error instanceof mongoose.Error.MongooseServerSelectionError ||
    (error instanceof MongoError && /pool|topology|timed out|not connected|closed/i.test(error.message)) ||
    /before initial connection is complete/.test(error.message);
  return isGone ? unavailable(`The MongoDB server does not answer (${error.message}); check store.url.`, error) : error;
}

function unavailable(message: string, cause: unknown): GatewayError {
  return new GatewayError('store_unavailable', message, { cause, retryAfterSeconds: 1 });
}
