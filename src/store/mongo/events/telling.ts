import type { EventType } from '../../../domain/event.js';
import type { JsonObject } from '../../../domain/json.js';

/** An event before it has its place. What `common` says stands once for all events of a call that share it. */
export interface Telling {
  readonly app: string;
  readonly type: EventType;
  readonly common: JsonObject;
  readonly entry: JsonObject;
}
