import type { Clock } from '../domain/time.js';

export const systemClock: Clock = { now: () => Date.now() };
