import { type Check, fault, ok, warning } from '../check.js';

const ANSWER_WITHIN_MS = 4_000;

/** Where test keys send. */
export const simulators: Check = {
  name: 'simulators',
  async look({ config: { simulators: where }, isForOthers }) {
    const subject = 'simulators';
    if (where.kind === 'off') return [ok(subject, 'off: test keys are refused')];
    if (where.kind === 'embedded') {
      if (!isForOthers) return [ok(subject, 'embedded: test keys reach simulators in this process')];
      const says =
        'embedded: what is sent with test keys takes memory and processor time of the gateway that serves others';
      return [warning(subject, says, 'Set it to off, or run pealbell simulate elsewhere and name its URL.')];
    }
    const answers = await fetch(new URL('/endpoints', where.url), {
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).then(
      ({ ok: isWell }) => isWell,
      () => false,
    );
    if (answers) return [ok(subject, `${where.url} answers: test keys reach it`)];
    const says = `nothing answers as simulators do at ${where.url}: test keys are refused until something does`;
    return [fault(subject, says, 'Start pealbell simulate there, or set simulators to off.')];
  },
};
