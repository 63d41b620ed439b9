import { attempt, platform } from './platform.js';
import type { Hint } from './seat.js';

/** Passes on what the platform says of the network and of being looked at; nothing where it says nothing. @returns what ends it */
export function watchPlatform(hint: (hint: Hint) => void): () => void {
  const { document } = platform;
  type Watch = readonly [typeof platform | NonNullable<typeof document>, string, () => void];
  const listeners: Watch[] = [
    [platform, 'online', () => hint('online')],
    [platform, 'offline', () => hint('offline')],
    // A page that comes back out of the browser's cache.
    [platform, 'pageshow', () => hint('visible')],
  ];
  if (document !== undefined) {
    const look = () => {
      if (document.visibilityState === 'visible') hint('visible');
    };
    listeners.push([document, 'visibilitychange', look]);
  }
  for (const [target, type, listener] of listeners) attempt(() => target.addEventListener?.(type, listener));
  return () => {
    for (const [target, type, listener] of listeners) attempt(() => target.removeEventListener?.(type, listener));
  };
}
