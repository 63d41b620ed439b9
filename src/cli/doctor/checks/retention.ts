import { formatDuration } from '../../../../config/quantity.js';
import { type Check, type Finding, ok, warning } from '../check.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LONG_MS = 400 * DAY_MS;
/** For so long a webhook is tried. */
const PATIENCE_MS = 5 * DAY_MS;

/** Times that end sooner or later than whoever wrote them will have meant. */
export const retention: Check = {
  name: 'retention',
  look({ config: { retention: kept } }) {
    const { content, messages, deliveries, events, tombstones, stats } = kept;
    const found: Finding[] = [];
    const odd = (key: keyof typeof kept, says: string, cure: string) =>
      found.push(warning(`retention.${key}`, says, cure));
    const shown = formatDuration(messages);
    if (content > messages)
      odd('content', `is longer than retention.messages (${shown}), with which it ends`, `Set it to ${shown} at most.`);
    if (deliveries > messages) {
      odd(
        'deliveries',
        `is longer than retention.messages (${shown}), with which they end`,
        `Set it to ${shown} at most, or keep messages longer.`,
      );
    }
    if (deliveries < HOUR_MS) {
      odd(
        'deliveries',
        `${formatDuration(deliveries)}: nobody will be able to ask what became of a message`,
        'Set it to a day at least, such as 7d.',
      );
    }
    if (events < PATIENCE_MS) {
      odd(
        'events',
        `${formatDuration(events)}: a webhook whose receiver is away for longer loses what happened before`,
        'Set it to the time after which a dead receiver is given up at least, such as 7d.',
      );
    }
    if (tombstones < DAY_MS) {
      odd(
        'tombstones',
        `${formatDuration(tombstones)}: a registration that was retired by mistake cannot be restored for long`,
        'Set it to some days at least, such as 30d.',
      );
    }
    if (stats < messages) {
      odd(
        'stats',
        `is shorter than retention.messages (${shown}): messages are still shown whose hour is forgotten`,
        `Set it to ${shown} at least, such as 400d.`,
      );
    }
    for (const key of ['content', 'messages', 'deliveries', 'events', 'tombstones'] as const) {
      if (kept[key] > LONG_MS)
        odd(
          key,
          `${formatDuration(kept[key])}: the store grows for that long`,
          'Set it to what you will really ask for, such as 30d.',
        );
    }
    return found.length > 0
      ? found
      : [ok('retention', `messages and deliveries can be asked for ${formatDuration(deliveries)}`)];
  },
};
