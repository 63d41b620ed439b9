import type { RealtimeSettings } from '../domain/realtime.js';

/** What apps' files say of their realtime road; follows the files while the gateway runs. */
export interface RealtimeApps {
  /** `undefined` for an app without the road, and for an unknown one. A twin has what its app has. */
  realtime(app: string): RealtimeSettings | undefined;
}
