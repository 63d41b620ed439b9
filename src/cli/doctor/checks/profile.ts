import { checkRoles, ROLES } from '../../../../config/roles.js';
import { type Check, type Finding, fault, ok, warning } from '../check.js';

/** What the chosen store means for durability and for the number of processes. */
export const profile: Check = {
  name: 'profile',
  look({ config, isForOthers }) {
    const refused = checkRoles(config, ROLES).map((sentence): Finding => {
      const [what = sentence, ...how] = sentence.split(': ');
      return fault('roles', what, how.join(': ') || 'Set what the sentence names.');
    });
    const whereDevicesConnect =
      config.bus.url.kind === 'memory'
        ? ', except where devices connect: for that set bus.url to a Redis server (redis://user:password@host)'
        : ', also where devices connect';
    if (config.store.url.kind !== 'pglite') {
      const named = config.store.url.kind === 'postgres' ? 'a Postgres server' : 'MongoDB';
      return refused.length > 0
        ? refused
        : [ok('store.url', `${named}: roles can be split over any number of processes${whereDevicesConnect}`)];
    }
    const says =
      'embedded: one process with every role; it survives the death of the process, not a power cut, since it never calls fsync';
    if (!isForOthers) return [...refused, ok('store.url', says)];
    const cure =
      'Set store.url to a Postgres server (postgres://user@host/database), unless losing the last seconds with the power is fine.';
    return [...refused, warning('store.url', says, cure)];
  },
};
