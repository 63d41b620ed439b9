/**
 * What the written configuration has beside the vendors' addresses and credentials: an app whose vendors have granted
 * it messages of the person's own, as one that is in use has, so that a first message is not told of all that is missing.
 */
const GRANTED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  huawei: { categories: ['EXPRESS'], category: 'EXPRESS' },
  xiaomi: { channels: { transactional: '118001', marketing: '118777' } },
  oppo: { granted_categories: ['ORDER'], transactional_category: 'ORDER' },
  vivo: { categories: { transactional: ['ORDER'] }, default_category: { transactional: 'ORDER' } },
};

/** The vendors' settings by name of the provider kind, with the grants. */
export function withGrants(
  vendors: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return Object.fromEntries(
    Object.entries(vendors).map(([name, settings]) => [name, { ...settings, ...GRANTED[name] }]),
  );
}
