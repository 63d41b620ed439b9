import { showDuration } from '../../terminal/figures.js';
import { type Check, fault, ok, skipped, warning } from '../check.js';

/** Work that is due is taken within a second or so, unless an account is paused. */
const OLD_SECONDS = 60;

/** Whether the running gateway gets its work done. */
export const queue: Check = {
  name: 'queue',
  async look(scene) {
    const running = await scene.running();
    if (running === undefined)
      return [skipped('work', 'no gateway runs with this configuration; its start fills the queue from the store')];
    const broken = Object.entries(running.checks).filter(([, word]) => word !== 'ok');
    if (broken.length > 0) {
      const cure = 'Read its log; /readyz on server.admin answers the same until it is mended.';
      return broken.map(([part, word]) => fault(part, `the running gateway says: ${word}`, cure));
    }
    const waiting = Object.entries(running.oldestSeconds).filter(([, seconds]) => seconds > OLD_SECONDS);
    if (waiting.length === 0)
      return [ok('work', 'the running gateway answers, and nothing waits longer than it should')];
    return waiting.map(([lane, seconds]) =>
      warning(
        `lane ${lane}`,
        `the oldest work has been due for ${showDuration(seconds * 1_000)}`,
        'Ask GET /v1/providers of each app whether its roads are paused; else start more processes with --role worker.',
      ),
    );
  },
};
