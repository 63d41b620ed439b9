/** What FCM said of a message under `validate_only`, as a verdict with a sentence. */
import type { Outcome, Validation, VendorDetail } from '../contract.js';

/** Pure. The outcome is the one that a send would have had. */
export function verdictOf(outcome: Outcome): Validation {
  const said = told(outcome.detail);
  switch (outcome.kind) {
    case 'accepted':
      return { verdict: 'accepted', detail: 'FCM would take it' };
    case 'unregistered':
      return { verdict: 'refused', detail: `FCM says that this registration token is dead${said}` };
    case 'rejected':
      return { verdict: 'refused', detail: `FCM would refuse it${said}` };
    case 'misconfigured':
      return { verdict: 'refused', detail: `FCM does not accept the credentials${said}` };
    case 'deferred':
    case 'uncertain':
    case 'awaited':
    case 'obsolete':
    case 'away':
      return { verdict: 'unreachable', detail: `FCM gave no verdict${said}` };
    default:
      return outcome satisfies never;
  }
}

function told({ status, code, text }: VendorDetail = {}): string {
  const parts = [[status, code].filter((part) => part !== undefined).join(' '), text ?? ''];
  const said = parts.filter((part) => part !== '').join(', ');
  return said === '' ? '' : ` (${said})`;
}
