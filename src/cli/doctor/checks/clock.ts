import { showDuration } from '../../terminal/figures.js';
import { type Check, fault, ok, skipped, warning } from '../check.js';

/** Dates of answers have whole seconds, and the way takes its time. */
const WARN_MS = 30_000;
/** Vendors allow a few minutes for signed tokens; from here on they refuse them. */
const FAULT_MS = 5 * 60_000;
const CURE = 'Set the clock and keep it right: timedatectl set-ntp true (in a container: on the host).';

/** This machine's clock against the `Date` of the vendors' answers: signed tokens and TTLs depend on it. */
export const clock: Check = {
  name: 'clock',
  async look(scene) {
    const tests = await scene.tests();
    if (tests === undefined) return [skipped('time', 'not compared: --offline')];
    const told = tests.flatMap(({ app, provider, aheadMs }) =>
      aheadMs === undefined ? [] : [{ app, provider, aheadMs }],
    );
    // The one that differs least: a vendor may be wrong as well, or have been slow.
    const nearest = told.sort((a, b) => Math.abs(a.aheadMs) - Math.abs(b.aheadMs))[0];
    if (nearest === undefined)
      return [skipped('time', 'no vendor answered with its time, so there was nothing to compare with')];
    const { app, provider, aheadMs } = nearest;
    const skew = Math.abs(aheadMs);
    const says = `${showDuration(skew)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the vendor of ${app}/${provider}`;
    if (skew >= FAULT_MS) return [fault('time', `${says}, which refuses what is signed that far off`, CURE)];
    if (skew >= WARN_MS) return [warning('time', says, CURE)];
    return [ok('time', `within ${Math.max(1, Math.ceil(skew / 1_000))} s of the vendor of ${app}/${provider}`)];
  },
};
