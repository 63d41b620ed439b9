import type { UserDelivery } from '../ports/history-store.js';
import type { Explain } from '../usecases/explain.js';
import type { TimelineEntry } from '../usecases/message-timeline.js';
import { given } from './given.js';
import { attemptsToJson, outcomeToJson, timesToJson } from './message-json.js';
import type { MessageEventAnswer, UserDeliveryAnswer } from './schemas/timeline-answer.js';
import { toTime } from './times.js';

/** One thing that happened to a message of this app. */
export function timelineEntryToJson(explain: Explain, app: string, entry: TimelineEntry): MessageEventAnswer {
  const { event, delivery, attempt } = entry;
  const at = toTime(entry.at);
  if (delivery === undefined) return { at, event };
  const who = given({ device: delivery.device ?? undefined, token_hash: delivery.tokenHash });
  if (attempt !== undefined) {
    const { provider, outcome, reason, detail, vendor, ms } = attempt;
    const cure = explain.attempt(app, attempt);
    const told = vendor === undefined ? undefined : { ...vendor };
    const word = outcomeToJson(outcome);
    return { at, event, ...who, provider, ...given({ outcome: word, reason, detail, vendor: told, ms, cure }) };
  }
  const provider = delivery.provider ?? undefined;
  if (event === 'delivery.queued') return { at, event, ...who, ...given({ provider }) };
  const action = event === 'delivery.opened' ? delivery.action : undefined;
  // The sentence tells why it stands as it does; what it passed on the way speaks for itself.
  if (event !== `delivery.${delivery.state}`) return { at, event, ...who, ...given({ provider, action }) };
  const { sentence, cure } = explain.delivery(app, delivery);
  // What the last attempt says already is not said again.
  const last = delivery.attempts.at(-1);
  const isSaid = cure === null || (last !== undefined && explain.attempt(app, last) === cure);
  return {
    at,
    event,
    ...who,
    ...given({ provider, reason: delivery.reason ?? undefined, action }),
    detail: sentence,
    ...(isSaid ? {} : { cure }),
  };
}

/** One message to one of a user's devices. */
export function userDeliveryToJson(
  explain: Explain,
  app: string,
  { delivery, message }: UserDelivery,
): UserDeliveryAnswer {
  const { sentence, cure } = explain.delivery(app, delivery);
  return {
    message: {
      id: message.id,
      status: message.status,
      class: message.class,
      created_at: toTime(message.createdAt),
      ...given({ channel: message.channel }),
    },
    device: delivery.device,
    state: delivery.state,
    reason: delivery.reason,
    explanation: sentence,
    cure,
    provider: delivery.provider,
    attempts: attemptsToJson(explain, app, delivery),
    times: timesToJson(delivery),
    ...given({ action: delivery.action }),
    ...given({ next_attempt_at: delivery.nextAttemptAt === undefined ? undefined : toTime(delivery.nextAttemptAt) }),
  };
}
