/** How OPPO answers a send, by how it was asked: one device, items of their own, or a saved content to many. */
import { randomUUID } from 'node:crypto';
import type { VendorAnswer } from '../../simulation/vendor-call.js';
import { say, type Wording } from './form.js';

export type SendForm = 'one' | 'items' | { readonly messageId: string };

/**
 * @param refused code by registration id
 * @param names id of the send by registration id, of those that were taken
 */
export function sendAnswer(
  wording: Wording,
  form: SendForm,
  ids: readonly string[],
  refused: ReadonlyMap<string, string>,
  names: ReadonlyMap<string, string>,
): VendorAnswer {
  const spelled = (code: string) => (wording.codesAreText ? code : Number(code));
  if (form === 'one') {
    const [id = ''] = ids;
    const code = refused.get(id);
    return code === undefined ? say(wording, '0', { messageId: names.get(id) }) : say(wording, code);
  }
  if (form === 'items') {
    const data = ids.map((id) => {
      const code = refused.get(id);
      return code === undefined
        ? { messageId: names.get(id), registrationId: id }
        : { registrationId: id, errorCode: spelled(code), errorMessage: `refused ${id}` };
    });
    // Its order is not the request's.
    return say(wording, '0', data.reverse());
  }
  const byCode = new Map<string, string[]>();
  for (const [id, code] of refused) byCode.set(code, [...(byCode.get(code) ?? []), id]);
  const data = { message_id: form.messageId, task_id: randomUUID(), status: 1, ...Object.fromEntries(byCode) };
  return say(wording, '0', data);
}
