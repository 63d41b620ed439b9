/** Outcomes of what never became an answer of a vendor. */
import type { Misfit, Outcome } from '../contract.js';
import type { NotSentReason } from './transport.js';

/** What `check` would have refused before accept. */
export function unfit(misfits: readonly Misfit[]): Outcome {
  const faults = misfits.filter((misfit) => misfit.severity === 'error');
  const isTooLarge = faults.every((fault) => fault.code === 'payload_too_large');
  const text = faults.map((fault) => fault.detail).join('; ');
  return {
    kind: 'rejected',
    reason: isTooLarge ? 'payload_too_large' : 'payload_rejected',
    detail: { text: text.slice(0, 256) },
  };
}

/** A bare push token may name any purpose. */
export function wrongPurpose(): Outcome {
  const text = 'this registration has a purpose that cannot be sent to';
  return { kind: 'rejected', reason: 'payload_rejected', detail: { text } };
}

export function notSent(reason: NotSentReason, cause: string): Outcome {
  const detail = { text: cause.slice(0, 256) };
  switch (reason) {
    case 'unreachable':
    case 'queue_full':
      return { kind: 'deferred', scope: 'account', reason: 'provider_unavailable', detail };
    case 'aborted':
      // Its time was up on our side; the account may be in the best of health.
      return { kind: 'deferred', scope: 'target', reason: 'timeout', detail };
    case 'refused':
    case 'queued_too_long':
    case 'closed':
      return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail };
    case 'invalid':
      return { kind: 'rejected', reason: 'payload_rejected', detail };
    default: {
      const never: never = reason;
      return never;
    }
  }
}
