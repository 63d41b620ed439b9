/** Where Xiaomi keeps registrations. Source: dev.mi.com, document 1696, "Server API address". */

export const REGIONS = ['cn', 'ru', 'in', 'eu', 'global'] as const;
export type Region = (typeof REGIONS)[number];

export const HOSTS: Readonly<Record<Region, string>> = {
  cn: 'https://api.xmpush.xiaomi.com',
  ru: 'https://ru-api.xmpush.global.xiaomi.com',
  in: 'https://idmb-api.xmpush.global.xiaomi.com',
  eu: 'https://fr-api.xmpush.global.xiaomi.com',
  global: 'https://sgp-api.xmpush.global.xiaomi.com',
};

/** The names that Xiaomi's SDK on the device has for them. */
const AS_THE_DEVICE_SAYS: Readonly<Record<string, Region>> = {
  china: 'cn',
  russia: 'ru',
  india: 'in',
  europe: 'eu',
};

/** Of a registration, in either case of its letters; undefined for what is none. */
export function regionOf(text: string): Region | undefined {
  const name = text.toLowerCase();
  return (
    REGIONS.find((region) => region === name) ??
    (Object.hasOwn(AS_THE_DEVICE_SAYS, name) ? AS_THE_DEVICE_SAYS[name] : undefined)
  );
}
