import type { AccountTest } from '../../../compose.js';
import { showDuration } from '../../terminal/figures.js';
import { type Check, type Finding, fault, ok, skipped } from '../check.js';

/** Whether the vendors can be reached and take the credentials. Reaches no device. */
export const providers: Check = {
  name: 'providers',
  async look(scene) {
    const tests = await scene.tests();
    if (tests === undefined) return [skipped('vendors', 'not asked: --offline')];
    return tests.map(judge);
  },
};

function judge({ app, provider, verdict, detail, cure, ms, isAsked }: AccountTest): Finding {
  const subject = `${app}/${provider}`;
  if (!isAsked) return skipped(subject, detail);
  switch (verdict) {
    case 'accepted':
      return ok(subject, `${detail} (${showDuration(ms)})`);
    case 'refused':
      return fault(subject, detail, cure ?? 'Replace the credentials.');
    case 'unreachable':
      return fault(subject, detail, REACH);
    case 'not_askable':
      return ok(subject, detail);
    default:
      return verdict satisfies never;
  }
}

const REACH =
  'Check DNS, and that this machine may open connections to the vendor on port 443; a message waits until it can, for as long as its ttl.';
