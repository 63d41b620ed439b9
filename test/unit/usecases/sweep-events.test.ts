import assert from 'node:assert/strict';
import type { SweptEvents } from '../../../src/ports/event-log.js';
import { sweepEvents } from '../../../src/usecases/sweep-events.js';

describe('sweeping events', () => {
  const NOW = 1_000_000;

  /** Steps that the log and the calls answer with, one after the other; then nothing is left. */
  async function sweepWith(steps: { events?: readonly SweptEvents[]; webhooks?: readonly SweptEvents[] }) {
    const asked: string[] = [];
    const lines: unknown[] = [];
    const part = (name: string, answers: readonly SweptEvents[] = []) => {
      const left = [...answers];
      return {
        sweep: async (before: number, _limit: number, now: number) => {
          asked.push(`${name} ${before} ${now}`);
          return left.shift() ?? { removed: 0, lost: [] };
        },
      };
    };
    const quiet = () => undefined;
    const log = { debug: quiet, info: quiet, error: quiet };
    const warn = (fields: object, event: string) => void lines.push([event, fields]);
    await sweepEvents(
      {
        ...{ events: part('events', steps.events), webhooks: part('webhooks', steps.webhooks) },
        ...{ clock: { now: () => NOW }, log: { ...log, warn }, retention: { events: 600 } },
      },
      new AbortController().signal,
    );
    return { asked, lines };
  }

  it('goes on until nothing is left of either, and says nothing where nobody lost anything', async () => {
    const { asked, lines } = await sweepWith({
      events: [{ removed: 5, lost: [] }],
      webhooks: [{ removed: 0, lost: [] }],
    });
    const round = ['webhooks 999400 1000000', 'events 999400 1000000'];
    assert.deepEqual(asked, [...round, ...round]);
    assert.deepEqual(lines, []);
  });

  it('says once of each endpoint how many events it was not told', async () => {
    const lost = (endpoint: string, events: number) => ({ app: 'shop', endpoint, events });
    const { lines } = await sweepWith({
      events: [
        { removed: 2, lost: [lost('whe_a', 3), lost('whe_b', 1)] },
        { removed: 1, lost: [lost('whe_a', 4)] },
      ],
      webhooks: [{ removed: 1, lost: [lost('whe_a', 10)] }],
    });
    assert.deepEqual(lines, [
      ['webhook.events_lost', lost('whe_a', 17)],
      ['webhook.events_lost', lost('whe_b', 1)],
    ]);
  });

  it('is bounded, whatever is left', async () => {
    const { asked } = await sweepWith({ events: Array.from({ length: 99 }, () => ({ removed: 1, lost: [] })) });
    assert.equal(asked.length, 100);
  });
});
