import type { Config } from '../../config/load.js';
import type { Clock } from '../domain/time.js';
import type { Log } from '../ports/log.js';
import type { FileEndpoint, WebhookStore } from '../ports/webhook-store.js';

/** Between two tries while the store does not take them. */
const AGAIN_MS = 5_000;

export interface FileWebhooks {
  /** Brings the store up to a configuration; where it does not answer, it is tried again until it does. Never rejects. */
  sync(config: Config): Promise<void>;
  /** Ends trying. */
  close(): void;
}

/** Keeps the endpoints of the apps' files in the store as the files have them. Test keys have none of these. */
export function createFileWebhooks(house: {
  readonly store: Pick<WebhookStore, 'syncFiles'>;
  readonly clock: Clock;
  readonly log: Log;
}): FileWebhooks {
  let newest = 0;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();

  /** One after the other, so that an older configuration never comes behind a newer one. */
  function attempt(config: Config, number: number): Promise<void> {
    turn = turn.then(async () => {
      if (number !== newest) return;
      const now = house.clock.now();
      try {
        await house.store.syncFiles(endpointsOf(config, now), now);
      } catch (error) {
        house.log.warn({ error: String(error), again_in_ms: AGAIN_MS }, 'webhooks.files_not_taken');
        if (number === newest) timer = setTimeout(() => void attempt(config, number), AGAIN_MS);
      }
    });
    return turn;
  }

  function supersede(): number {
    clearTimeout(timer);
    return ++newest;
  }

  return {
    sync: (config) => attempt(config, supersede()),
    close: () => {
      supersede();
    },
  };
}

function endpointsOf({ apps }: Config, now: number): readonly FileEndpoint[] {
  return apps.flatMap(({ id: app, webhooks }) =>
    webhooks.map(({ name, settings, secret }) => ({ app, name, settings, secret: { value: secret, createdAt: now } })),
  );
}
