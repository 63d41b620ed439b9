import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * Every metric of the house but the HTTP edge's, in one table. Labels have few values: never a token, never a user. Of several
 * processes under one (`serve --processes`) values are added up, unless `aggregator` says otherwise: each reads these from the store.
 */
export interface Metrics {
  readonly registry: Registry;
  readonly messages: Counter<'app' | 'class' | 'outcome'>;
  readonly deliveries: Counter<'app' | 'provider' | 'state' | 'reason'>;
  readonly providerRequests: Histogram<'provider' | 'code'>;
  readonly providerConnections: Gauge<'provider' | 'state'>;
  readonly queueJobs: Gauge<'lane' | 'state'>;
  readonly queueOldest: Gauge<'lane'>;
  readonly quotaRemaining: Gauge<'app' | 'provider' | 'class'>;
  readonly retired: Counter<'provider' | 'reason'>;
  readonly webhookAttempts: Counter<'outcome'>;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    messages: new Counter({
      name: 'pealbell_messages_total',
      help: 'Send calls, by what came of them.',
      labelNames: ['app', 'class', 'outcome'],
      registers,
    }),
    deliveries: new Counter({
      name: 'pealbell_deliveries_total',
      help: 'Deliveries that ended, by state and reason.',
      labelNames: ['app', 'provider', 'state', 'reason'],
      registers,
    }),
    providerRequests: new Histogram({
      name: 'pealbell_provider_request_seconds',
      help: 'Time from handing a request to the connection to its answer.',
      labelNames: ['provider', 'code'],
      buckets: SECONDS,
      registers,
    }),
    providerConnections: new Gauge({
      name: 'pealbell_provider_connections',
      help: 'Connections to providers.',
      labelNames: ['provider', 'state'],
      registers,
    }),
    queueJobs: new Gauge({
      name: 'pealbell_queue_jobs',
      help: 'Jobs in the queue (waiting) and chunks due in the store (due, counted to 10,000).',
      labelNames: ['lane', 'state'],
      aggregator: 'max',
      registers,
    }),
    queueOldest: new Gauge({
      name: 'pealbell_queue_oldest_seconds',
      help: 'How long the oldest chunk that is due has been waiting for the queue.',
      labelNames: ['lane'],
      aggregator: 'max',
      registers,
    }),
    quotaRemaining: new Gauge({
      name: 'pealbell_quota_remaining_ratio',
      help: 'What is left of what a vendor takes of an app in a day, 0 to 1; 0 while a class is parked.',
      labelNames: ['app', 'provider', 'class'],
      aggregator: 'min',
      registers,
    }),
    retired: new Counter({
      name: 'pealbell_registrations_retired_total',
      help: 'Registrations taken out of use; braked: held back by the brake.',
      labelNames: ['provider', 'reason'],
      registers,
    }),
    webhookAttempts: new Counter({
      name: 'pealbell_webhook_attempts_total',
      help: 'Attempts at calls of webhooks, by what came of them; failed: answered with another status than 2xx.',
      labelNames: ['outcome'],
      registers,
    }),
  };
}
