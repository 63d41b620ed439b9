import { type Check, type Finding, fault, ok, warning } from '../check.js';
import { hostOf, isLoopback, optionsOf, type ProviderText, placeOf } from '../options.js';

/** Roads that do not lead to the vendor, though devices of the real app are registered for them. */
export const endpoints: Check = {
  name: 'endpoints',
  look({ config, isForOthers }) {
    const named = optionsOf(config.apps).filter(({ path }) =>
      path.some((part) => /endpoint|^hosts$|push_services|stand_ins/.test(part)),
    );
    const here = named.filter(({ value }) => isLoopback(hostOf(value)));
    const away = named.filter((text) => !here.includes(text));
    const found = [...ofThisMachine(here, isForOthers), ...away.map(judge)];
    return found.length > 0 || config.apps.length === 0 ? found : [ok('providers', 'all go to the vendors’ own hosts')];
  },
};

/** One finding for each provider, however many of its settings point here. */
function ofThisMachine(texts: readonly ProviderText[], isForOthers: boolean): readonly Finding[] {
  const settings = new Map<string, Set<string>>();
  for (const { app, provider, path } of texts) {
    const subject = `apps/${app}.yaml providers.${provider}`;
    settings.set(subject, (settings.get(subject) ?? new Set()).add(path[0] ?? ''));
  }
  return [...settings].map(([subject, names]) => {
    if (!isForOthers) return ok(subject, 'leads to simulators on this machine');
    const says =
      'leads to this machine, where a simulator may be, but no vendor, while server.public_url says that this gateway serves others';
    return fault(subject, says, `Remove ${[...names].join(', ')} and ca, and give the vendor's own credentials.`);
  });
}

function judge(text: ProviderText): Finding {
  const subject = placeOf(text);
  const host = hostOf(text.value);
  const name = text.path.join('.');
  if (text.path.includes('production') && /sandbox/.test(host)) {
    const says = `production messages go to ${host}, where no phone from the App Store is known`;
    return fault(subject, says, `Remove ${name}: registrations say themselves which environment they are of.`);
  }
  if (text.path.includes('push_services')) return ok(subject, `subscriptions at ${host} are taken as well`);
  const says = `another host in place of the vendor's (${host}): it sees every push token, message and credential`;
  return warning(subject, says, `Remove ${name}, unless that host is a proxy of your own.`);
}
