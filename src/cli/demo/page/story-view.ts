import { el } from './dom.js';
import type { Step } from './words.js';
import { span } from './words.js';

/** The steps of one message, each with the time since it was sent. */
export function showSteps(list: HTMLOListElement, steps: readonly Step[], sentAt: number): void {
  const rows = steps.map(({ at, who, text, look }) =>
    el('li', { class: look }, el('time', {}, `+${span(at - sentAt)}`), ' ', el('b', {}, who), ` ${text}`),
  );
  rows.forEach((row, at) => {
    const old = list.children[at];
    // What did not change stays as it is: a screen reader would read it again.
    if (old === undefined) list.append(row);
    else if (!old.isEqualNode(row)) old.replaceWith(row);
  });
  while (list.children.length > rows.length) list.lastElementChild?.remove();
}
