import { type Check, type Finding, ok, warning } from '../check.js';
import { optionsOf, placeOf } from '../options.js';

/** Apps that cannot send, and apps that are one and the same to a vendor. */
export const apps: Check = {
  name: 'apps',
  look({ config, dir, isForOthers }) {
    if (config.apps.length === 0) {
      return [
        warning(`${dir}/apps`, 'there is no app, so nothing can be sent', 'Write one: pealbell config example app'),
      ];
    }
    const found: Finding[] = config.apps
      .filter(({ providers, realtime }) => providers.length === 0 && realtime === undefined)
      .map(({ id }) =>
        warning(
          `apps/${id}.yaml`,
          'the app has no providers, so nothing can be sent to it',
          'Add one: pealbell config example app',
        ),
      );
    for (const [bundleId, ids] of bundleIds(config.apps)) {
      if (ids.length < 2) continue;
      const says = `${ids.length} apps have the bundle id ${bundleId} (${ids.join(', ')}): a phone of theirs belongs to whichever registered it last`;
      found.push(warning('bundle_id', says, 'Keep one app for each bundle id, and merge the others into it.'));
    }
    for (const text of isForOthers ? optionsOf(config.apps) : []) {
      if (text.path.at(-1) !== 'subject' || !/[@.]example\.(?:com|org|net)\b/.test(text.value)) continue;
      const says = 'is nobody’s address: a push service that is troubled by this gateway can only refuse it';
      found.push(
        warning(placeOf(text), says, 'Set it to an address that somebody reads, such as mailto:ops@ and your domain.'),
      );
    }
    const count = config.apps.length === 1 ? '1 app' : `${config.apps.length} apps`;
    return found.length > 0 ? found : [ok('apps', `${count}, each with a road of its own`)];
  },
};

/** Apps by the bundle id that one of their providers names. */
function bundleIds(all: Parameters<typeof optionsOf>[0]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { app, path, value } of optionsOf(all)) {
    if (path.at(-1) !== 'bundle_id') continue;
    const known = ids.get(value) ?? [];
    if (!known.includes(app)) ids.set(value, [...known, app]);
  }
  return ids;
}
