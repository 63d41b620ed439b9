import type { WebhookCall } from '../ports/webhook-store.js';
import { isTest } from './call-body.js';

/**
 * Which of the calls that wait may go. A test goes whatever else is the matter. While its receiver fails it is one: the
 * oldest, or, where order does not matter, one that was never tried.
 *
 * @param due oldest first; `oldest` is that of all that wait, due or not
 */
export function chooseCalls(
  due: readonly WebhookCall[],
  oldest: WebhookCall | undefined,
  rule: {
    readonly mayGo: boolean;
    readonly isFailing: boolean;
    readonly order: 'loose' | 'strict';
    readonly room: number;
  },
): readonly WebhookCall[] {
  const test = due.find(isTest);
  if (test !== undefined) return [test];
  if (!rule.mayGo) return [];
  const isLoose = rule.order === 'loose';
  if (!rule.isFailing && isLoose) return due.slice(0, rule.room);
  const probe =
    due.find((call) => call.id === oldest?.id) ?? (isLoose ? due.find(({ attempts }) => attempts === 0) : undefined);
  return probe === undefined ? [] : [probe];
}
