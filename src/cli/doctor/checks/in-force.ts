import { connectOwner } from '../../../compose.js';
import type { Comparison } from '../../config/diff.js';
import { type Check, type Finding, fault, ok, skipped, warning } from '../check.js';

/** Whether the gateway that runs does what its files say. */
export const inForce: Check = {
  name: 'in force',
  async look({ config }) {
    const { url } = config.store;
    if (url.kind !== 'pglite') {
      return [skipped('the running gateway', 'ask it with: pealbell config diff --url URL --key KEY')];
    }
    const owner = await connectOwner(url.dir);
    if (owner === undefined) return [];
    const { status, body } = await owner.request('GET', '/config');
    if (status !== 200) return [skipped(`process ${owner.pid}`, 'it cannot tell its configuration')];
    return judge(`process ${owner.pid}`, body as Comparison);
  },
};

function judge(subject: string, { needs_restart, pending, faults }: Comparison): readonly Finding[] {
  const found: Finding[] = faults.map((sentence) =>
    fault(
      subject,
      `it keeps its former configuration, for the files it reads have a fault: ${sentence}`,
      'Correct the files; it takes them up by itself.',
    ),
  );
  if (needs_restart.length > 0) {
    const says = `it runs with other values than its files have: ${needs_restart.join(', ')}`;
    found.push(warning(subject, says, 'Restart it, or put the files back; pealbell config diff shows both values.'));
  }
  if (pending.length > 0) {
    const says = `it has not taken up what its files say of ${pending.map(({ key }) => key).join(', ')}`;
    found.push(warning(subject, says, 'Send it SIGHUP (or POST /v1/admin/reload), and read its log.'));
  }
  return found.length > 0 ? found : [ok(subject, 'the running gateway does what its files say')];
}
