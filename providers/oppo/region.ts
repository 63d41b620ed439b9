import type { OppoOptions } from './settings.js';

/** OPPO has one host for devices in China and one for those elsewhere; each gives access tokens of its own. */
export type Region = 'china' | 'overseas';

/** Its documents on request addresses: the parts of a registration id between `_` tell where it belongs. */
export function regionOf(registrationId: string): Region {
  const parts = registrationId.split('_');
  if (parts.length === 1) return 'china';
  if (parts.length === 2) return parts[0] === 'CN' ? 'china' : 'overseas';
  return parts.length === 3 && parts[1] === 'CN' ? 'china' : 'overseas';
}

const CHINA = 'https://api.push.oppomobile.com';
const OVERSEAS = 'https://api-intl.push.oppomobile.com';
const FEEDBACK = 'https://feedback.push.oppomobile.com';

export function hostOf(region: Region, options: OppoOptions): string {
  return region === 'china' ? (options.endpoint ?? CHINA) : (options.endpoint_overseas ?? OVERSEAS);
}

export function feedbackHost(options: OppoOptions): string {
  return options.endpoint_feedback ?? FEEDBACK;
}
