import { type DestinationStream, pino } from 'pino';
import type { Log } from '../ports/log.js';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** A log whose level can change while it is used. */
export interface AdjustableLog extends Log {
  setLevel(level: LogLevel): void;
}

export function isAdjustable(log: Log): log is AdjustableLog {
  return 'setLevel' in log;
}

/**
 * JSON lines, one per thing that happened, its name in `event`. Standard error unless told otherwise.
 *
 * @param fields are in every line
 */
export function createLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
  fields: Readonly<Record<string, unknown>> | null = null,
): AdjustableLog {
  const logger = pino(
    { level, base: fields, messageKey: 'event', formatters: { level: (label) => ({ level: label }) } },
    destination,
  );
  return {
    debug: (fields, event) => logger.debug(fields, event),
    info: (fields, event) => logger.info(fields, event),
    warn: (fields, event) => logger.warn(fields, event),
    error: (fields, event) => logger.error(fields, event),
    setLevel(next) {
      logger.level = next;
    },
  };
}
