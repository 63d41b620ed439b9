import { apple } from './apple.js';
import { google } from './google.js';
import { mozilla } from './mozilla.js';
import type { PushServiceProfile } from './profile.js';
import { windows } from './windows.js';

export const SERVICE_NAMES = ['google', 'mozilla', 'apple', 'windows'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

export const PROFILES: Readonly<Record<ServiceName, PushServiceProfile>> = { google, mozilla, apple, windows };
