import type { AcceptedMessage, AudienceSummary, Warning } from '../domain/accepted-message.js';
import { type Attempt, type Delivery, isEnd } from '../domain/delivery.js';
import { sumStats } from '../domain/stats.js';
import type { MessageView } from '../ports/message-store.js';
import type { Explain } from '../usecases/explain.js';
import type { MessagePlan } from '../usecases/plan-message.js';
import type { Recalled } from '../usecases/recall-message.js';
import { given } from './given.js';
import type {
  AcceptedAnswer,
  DeliveryAnswer,
  MessageAnswer,
  PlanAnswer,
  RecalledAnswer,
} from './schemas/message-answer.js';
import { toTime } from './times.js';

/** What a send is answered with. */
export function acceptedToJson(accepted: AcceptedMessage): AcceptedAnswer {
  return {
    id: accepted.id,
    object: 'message',
    app: accepted.app,
    status: accepted.status,
    created_at: toTime(accepted.createdAt),
    audience: audienceToJson(accepted.audience),
    warnings: warningsToJson(accepted.warnings),
  };
}

/** What a send would do. */
export function planToJson(plan: MessagePlan): PlanAnswer {
  return {
    object: 'message_plan',
    app: plan.app,
    class: plan.class,
    audience: audienceToJson(plan.audience),
    providers: plan.providers.map(({ provider, devices, sampleDevice, payload, vendor }) => ({
      provider,
      ...given({ devices }),
      sample_device: sampleDevice,
      ...given({ payload }),
      ...(vendor === undefined ? {} : { vendor: { verdict: vendor.verdict, detail: vendor.detail } }),
    })),
    steps: plan.steps.map((step) => ({ ...step })),
    ...given({ no_registration: plan.noRegistration }),
    warnings: warningsToJson(plan.warnings),
  };
}

function audienceToJson(audience: AudienceSummary): AcceptedAnswer['audience'] {
  return {
    state: audience.state,
    ...given({
      users: audience.users,
      devices: audience.devices,
      by_platform: audience.byPlatform && { ...audience.byPlatform },
      no_device: audience.noDevice && [...audience.noDevice],
    }),
  };
}

function warningsToJson(warnings: readonly Warning[]): AcceptedAnswer['warnings'] {
  return warnings.map(({ code, provider, detail }) => ({ code, ...given({ provider }), detail }));
}

/** What became of a message. */
export function messageToJson(view: MessageView): MessageAnswer {
  const { counts } = view;
  return {
    id: view.id,
    object: 'message',
    app: view.app,
    class: view.class,
    ...given({ channel: view.channel, route: view.route }),
    status: view.status,
    created_at: toTime(view.createdAt),
    expires_at: toTime(view.expiresAt),
    completed_at: view.completedAt === undefined ? null : toTime(view.completedAt),
    ...(view.recalledAt === undefined ? {} : { recalled_at: toTime(view.recalledAt) }),
    devices: view.devices,
    settled: view.devices - counts.queued,
    counts: { ...counts },
    reached: { ...view.reached },
    funnel: funnelToJson(view),
    providers: view.roads.map(({ provider, counts: by }) => ({ provider, ...by })),
    reasons: { ...view.reasons },
    blocked: view.blocked.map(({ provider, reason, devices, since }) => ({
      provider,
      reason,
      devices,
      ...(since === undefined ? {} : { since: toTime(since) }),
    })),
    ...given({ metadata: view.metadata && { ...view.metadata }, tags: view.tags && [...view.tags] }),
  };
}

function funnelToJson({ devices, reached, roads }: MessageView): MessageAnswer['funnel'] {
  const { dismissed, converted } = sumStats(roads.map(({ counts }) => counts));
  return { planned: devices, ...reached, dismissed, converted };
}

/** What became of it, and what could not be called back. */
export function recalledToJson({ message, warnings }: Recalled): RecalledAnswer {
  return { ...messageToJson(message), warnings: warningsToJson(warnings) };
}

/** One message to one device of this app. */
export function deliveryToJson(explain: Explain, app: string, delivery: Delivery): DeliveryAnswer {
  return {
    message: delivery.message,
    device: delivery.device,
    ...given({ token_hash: delivery.tokenHash }),
    user: delivery.user,
    state: delivery.state,
    reason: delivery.reason,
    provider: delivery.provider,
    attempts: attemptsToJson(explain, app, delivery),
    times: timesToJson(delivery),
    ...given({ action: delivery.action }),
    ...given({ next_attempt_at: delivery.nextAttemptAt === undefined ? undefined : toTime(delivery.nextAttemptAt) }),
  };
}

/** Its attempts, in order, each with what to do about what it met. */
export function attemptsToJson(explain: Explain, app: string, { attempts }: Delivery): DeliveryAnswer['attempts'] {
  return attempts.map((attempt) => attemptToJson(attempt, explain.attempt(app, attempt)));
}

function attemptToJson(attempt: Attempt, cure: string | undefined): DeliveryAnswer['attempts'][number] {
  const { provider, at, outcome, reason, detail, vendorId, ms, vendor } = attempt;
  const told = vendor === undefined ? undefined : { ...vendor };
  return {
    provider,
    at: toTime(at),
    ...given({ outcome: outcomeToJson(outcome), reason, detail, vendor_id: vendorId, ms, vendor: told, cure }),
  };
}

/** The provider's word; where nobody said anything, none. */
export function outcomeToJson(outcome: Attempt['outcome']): DeliveryAnswer['attempts'][number]['outcome'] {
  return outcome === 'awaited' || outcome === 'away' || outcome === 'obsolete' ? undefined : outcome;
}

/** Times by the state that was reached then; an end stands under its own name. */
export function timesToJson(delivery: Delivery): DeliveryAnswer['times'] {
  const { state, queuedAt, sentAt, deliveredAt, displayedAt, openedAt, settledAt } = delivery;
  const told: DeliveryAnswer['times'] = { queued: toTime(queuedAt) };
  if (sentAt !== undefined) told.sent = toTime(sentAt);
  if (deliveredAt !== undefined) told.delivered = toTime(deliveredAt);
  if (displayedAt !== undefined) told.displayed = toTime(displayedAt);
  if (openedAt !== undefined) told.opened = toTime(openedAt);
  if (settledAt !== undefined && isEnd(state)) told[state] = toTime(settledAt);
  return told;
}
