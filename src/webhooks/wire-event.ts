import type { LoggedEvent } from '../domain/event.js';
import { toWireEvent } from '../domain/event-wire.js';

/** An event as receivers see it, in JSON. */
export function eventJson(event: LoggedEvent): string {
  return JSON.stringify(toWireEvent(event));
}
