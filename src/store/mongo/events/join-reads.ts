import type { JsonObject } from '../../../domain/json.js';
import type { JoinReads } from '../../shared/event-joins.js';
import { MESSAGES } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { readFeedback } from '../receipts/feedback.js';
import { readUpstreamData } from '../upstream/upstream-read.js';

export function joinReads(ground: Ground, app: string): JoinReads {
  const { db } = ground;
  return {
    async messages(ids) {
      const found = await db.run(() =>
        db
          .of(MESSAGES)
          .find({ _id: op({ $in: [...ids] }), app })
          .select({ metadata: 1, tags: 1 })
          .lean(),
      );
      return new Map(
        found.map(({ _id, metadata, tags }) => [
          _id,
          { metadata: metadata === undefined ? {} : (JSON.parse(metadata) as JsonObject), tags: tags ?? [] },
        ]),
      );
    },
    upstream: (positions) => readUpstreamData(ground, app, positions),
    feedback: (ids) => readFeedback(ground, app, ids),
  };
}
