import type { Config } from '../../../../config/load.js';
import type { KeySetTest } from '../../../compose.js';
import { type Check, type Finding, fault, ok, skipped, warning } from '../check.js';
import { isLoopback } from '../options.js';

/** Whether devices of apps with a realtime road can get in. */
export const realtime: Check = {
  name: 'realtime',
  async look(scene) {
    const { config, isForOthers } = scene;
    const apps = config.apps.flatMap(({ id, realtime: settings }) => (settings === undefined ? [] : { id, settings }));
    const found = apps.flatMap(({ id, settings }) => [
      signers(id, settings),
      ...settings.origins.flatMap((origin) => (isForOthers ? judgeOrigin(id, origin) : [])),
    ]);
    const sets = await scene.keySets();
    if (sets !== undefined) return [...found, ...sets.map(judgeSet)];
    const unseen = apps.filter(({ settings }) => settings.jwks !== undefined);
    return [...found, ...unseen.map(({ id }) => skipped(`${id} realtime.jwks`, 'not fetched: --offline'))];
  },
};

type Settings = NonNullable<Config['apps'][number]['realtime']>;

function signers(app: string, { keys, jwks, issuer }: Settings): Finding {
  const subject = `${app} realtime`;
  const sources = [
    ...(keys.length === 0 ? [] : [keys.length === 1 ? '1 key' : `${keys.length} keys`]),
    jwks ?? [],
  ].flat();
  if (sources.length > 0)
    return ok(subject, `access tokens of ${issuer ?? ''}, by ${sources.join(' and ')}, and the gateway's own`);
  if (issuer === undefined) return ok(subject, "the gateway's own access tokens only: POST /v1/realtime/tokens");
  const says = `has the issuer ${issuer} and no key to check its tokens with, so every one of them is refused`;
  return fault(subject, says, 'Add the public key of your server under realtime.keys, or remove issuer.');
}

function judgeOrigin(app: string, origin: string): Finding[] {
  const subject = `${app} realtime.origins`;
  if (origin === '*') {
    const says = 'any page may connect with an access token that it got hold of';
    return [warning(subject, says, 'Name the origins of your pages, such as https://shop.example.')];
  }
  const { protocol, hostname } = new URL(origin);
  if (protocol === 'https:') return [];
  const cure = 'Remove it, or serve that page over https.';
  const whose = isLoopback(hostname)
    ? 'is a page on somebody’s own machine, for trials'
    : 'is a page that anybody on its way can change';
  return [warning(subject, `${origin} ${whose}`, cure)];
}

function judgeSet({ app, url, result }: KeySetTest): Finding {
  const subject = `${app} realtime.jwks`;
  if (result.kind === 'failed') {
    const cure = /public internet|IP address/.test(result.why)
      ? 'Publish the keys on a public host, or add its network to egress.allow.'
      : 'Open the address from this machine and mend what it shows; until then tokens that need it are not checked.';
    return fault(subject, `${url} cannot be used: ${result.why}`, cure);
  }
  if (result.count > 0) return ok(subject, `${url} has ${result.count === 1 ? '1 key' : `${result.count} keys`}`);
  const cure = 'Publish a key on P-256 (ES256) or Ed25519 (EdDSA) there; RSA keys are not used.';
  return fault(subject, `${url} has no key that is good for access tokens`, cure);
}
