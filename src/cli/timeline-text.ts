import type { MessageEvent } from '../../sdk/server/src/index.js';
import { attemptText } from './message-text.js';
import { showTime } from './terminal/figures.js';
import type { Paint } from './terminal/paint.js';
import { plain, table } from './terminal/table.js';

/** What happened to a message, a line per step, and below a step what to do about it. */
export function timelineText(events: readonly MessageEvent[], paint: Paint): string {
  const rows = events.map((event) => [
    showTime(event.at),
    event.event,
    plain(event.device ?? event.token_hash ?? ''),
    plain(event.provider ?? ''),
    plain([attemptText(event), event.detail].filter(Boolean).join(', ')),
  ]);
  const [head, ...lines] = table(['time', 'event', 'device', 'provider', ''], rows, paint).trimEnd().split('\n');
  const told = lines.map((line, at) => {
    const cure = events[at]?.cure;
    return cure === undefined ? line : `${line}\n  ${paint('cyan', '→')} ${plain(cure)}`;
  });
  return `${[head, ...told].join('\n')}\n`;
}
