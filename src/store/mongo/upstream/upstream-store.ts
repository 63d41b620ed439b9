import type { UpstreamStore } from '../../../ports/upstream-store.js';
import { UPSTREAM_BOXES } from '../documents/upstream.js';
import type { Ground } from '../ground.js';
import { readEach } from '../writing/change.js';
import { addUpstream, boxId, carryUpstream, parseStreams } from './upstream-add.js';
import { createUpstreamLog } from './upstream-log.js';
import { listUpstream } from './upstream-read.js';
import { eraseUpstream, sweepItems, sweepStreams } from './upstream-remove.js';

export function createUpstreamStore(ground: Ground): UpstreamStore {
  const log = createUpstreamLog(ground);
  carryUpstream(ground, log);
  return {
    add: (batches, now) => addUpstream(ground, log, batches, now),

    async safe(streams) {
      const { db } = ground;
      const ids = [...new Set(streams.map(({ app, device }) => boxId(app, device)))];
      const boxes = await readEach(db, db.of(UPSTREAM_BOXES), ids);
      const found = new Map(boxes.map((box) => [box._id, parseStreams(box)]));
      return streams.map(({ app, device, stream }) => {
        return found.get(boxId(app, device))?.find(({ id }) => id === stream)?.top ?? 0;
      });
    },

    list: (app, page) => listUpstream(ground, app, page),
    erase: (app, user, limit) => eraseUpstream(ground, app, user, limit),

    async sweep(now, limit) {
      const items = await sweepItems(ground, now, limit);
      return items + (await sweepStreams(ground, now, limit));
    },
  };
}
