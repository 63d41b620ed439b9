import { type Check, type Finding, fault, ok, warning } from '../check.js';
import { holds, networkBits } from '../networks.js';
import { hostOf, isLoopback, optionsOf } from '../options.js';

/** Where clouds tell their machines secrets: link-local, one carrier-grade address, and one that looks public. */
const METADATA = ['169.254.169.254', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254'];
const LOOPBACK = ['127.0.0.1', '::1'];

/** Private networks that addresses chosen by clients may lead into. */
export const egress: Check = {
  name: 'egress',
  look({ config, isForOthers }) {
    const { allow } = config.egress;
    if (allow.length === 0)
      return [ok('egress.allow', 'empty: endpoints that clients choose lead to the public internet only')];
    const usesSimulators = optionsOf(config.apps).some(
      ({ path, value }) => path.some((part) => /push_services|stand_ins/.test(part)) && isLoopback(hostOf(value)),
    );
    return allow.map((network) => judge(network, usesSimulators && !isForOthers));
  },
};

function judge(network: string, isForSimulators: boolean): Finding {
  const subject = `egress.allow ${network}`;
  if (networkBits(network).isWide) {
    const says = 'lets a subscription of any client make this gateway call nearly every private address';
    return fault(
      subject,
      says,
      'Remove it, or name only the networks of push services of your own, such as 10.20.0.0/24.',
    );
  }
  if (METADATA.some((address) => holds(network, address))) {
    const says = "holds the address where the cloud tells this machine's secrets";
    return fault(subject, says, 'Remove it, or name a smaller network without that address.');
  }
  if (!LOOPBACK.some((address) => holds(network, address)))
    return ok(subject, 'a private network that endpoints may lead into');
  if (isForSimulators) return ok(subject, 'this machine, for the simulated push services that the apps name');
  const says =
    'lets a subscription of any client make this gateway call services on its own machine; it is meant for simulators';
  return warning(subject, says, 'Remove it: no real push service is on this machine.');
}
