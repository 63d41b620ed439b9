import cluster from 'node:cluster';
import type { Registry } from 'prom-client';
import type { HealthChecks } from '../runtime/health.js';
import { type ProcessWord, readWord } from './process-words.js';

/** For a gateway that is one of several processes: says that it works, and answers what the one that started it asks. */
export function reportToParent({
  health,
  metrics,
}: {
  readonly health: Pick<HealthChecks, 'ready'>;
  readonly metrics: Pick<Registry, 'getMetricsAsJSON'>;
}): { end(): void } {
  const say = (word: ProcessWord) => void process.send?.(word, undefined, undefined, () => undefined);
  const onMessage = (message: unknown): void => {
    const word = readWord(message);
    if (word?.kind !== 'question') return;
    const answer: Promise<unknown> = word.about === 'ready' ? health.ready() : metrics.getMetricsAsJSON();
    answer.then(
      (value) => say({ kind: 'answer', id: word.id, value }),
      () => undefined, // it is asked again
    );
  };
  process.on('message', onMessage);
  say({ kind: 'started' });
  return {
    end() {
      process.off('message', onMessage);
      // The channel would keep this process alive.
      cluster.worker?.disconnect();
    },
  };
}
