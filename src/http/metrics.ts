import { Counter, Gauge, type Registry } from 'prom-client';

/** What the edge itself counts. */
export interface HttpMetrics {
  readonly idempotency: Counter<'result'>;
}

/** Registers the edge's counters; once per registry. */
export function createHttpMetrics(registry: Registry): HttpMetrics {
  return {
    idempotency: new Counter({
      name: 'pealbell_idempotency_total',
      help: 'Calls with an idempotency key, by what came of the key: new, replayed, mismatch, in_progress.',
      labelNames: ['result'],
      registers: [registry],
    }),
  };
}

/** Registers the gauge that is always 1 and says which build runs; once per registry. */
export function registerBuildInfo(registry: Registry, version: string): void {
  const gauge = new Gauge({
    name: 'pealbell_build_info',
    help: 'Always 1; the labels say which build runs.',
    labelNames: ['version', 'node'],
    aggregator: 'max',
    registers: [registry],
  });
  gauge.set({ version, node: process.versions.node }, 1);
}
