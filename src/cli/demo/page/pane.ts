import { el } from './dom.js';
import type { LinkState, Network } from './link.js';
import type { Roads } from './roads.js';
import type { Arrival, Card, Screen } from './screen.js';
import type { GuestDevice } from './told.js';
import { span } from './words.js';

export interface PaneEvents {
  network(network: Network): void;
  opened(card: Card): void;
}

/** One device on the page. */
export interface Pane {
  readonly root: HTMLElement;
  /** Shows where the device is, where nobody chose it. */
  mark(network: Network): void;
  /** Chooses where the device is, as a click would. */
  choose(network: Network): void;
  showState(state: LinkState): void;
  /** @param sentAt when a message was sent, epoch milliseconds; undefined where nobody knows yet */
  showScreen(screen: Screen, sentAt: (message: string) => number | undefined): void;
  showRoads(roads: Roads): void;
}

const NETWORKS: readonly (readonly [Network, string])[] = [
  ['online', 'Online'],
  ['silent', 'Tunnel'],
  ['offline', 'Offline'],
];

/** A new card slides in, unless the person wants stillness. */
const STILL = '(prefers-reduced-motion: reduce)';
const COMING = [{ opacity: 0, transform: 'translateY(-6px)' }, {}];
const COMING_MS = 250;

export function createPane(device: GuestDevice, events: PaneEvents): Pane {
  const name = device.pane === 'phone' ? 'Phone' : 'Browser';
  const state = el('p', { class: 'state', role: 'status' }, 'not connected');
  const cards = el('ul', {
    class: 'cards',
    'aria-label': `Notifications on the ${device.pane}`,
    'aria-live': 'polite',
  });
  const realtime = el('dd', { class: 'idle' }, '–');
  const vendor = el('dd', { class: 'idle' }, '–');
  const radios = new Map<Network, HTMLInputElement>();
  const choices = NETWORKS.map(([network, label]) => {
    const radio = el('input', { type: 'radio', name: `network-${device.id}`, value: network });
    radio.addEventListener('change', () => events.network(network));
    radios.set(network, radio);
    return el('label', { class: network }, radio, label);
  });
  const root = el(
    'section',
    { class: `pane ${device.pane}`, id: device.pane, 'aria-label': `${name} of the person` },
    el('h2', {}, name, el('small', {}, device.id)),
    el('fieldset', { class: 'network' }, el('legend', {}, `The ${device.pane} is`), ...choices),
    state,
    cards,
    el(
      'dl',
      { class: 'roads', 'aria-label': 'The last message, road by road' },
      ...[el('dt', {}, 'own connection'), realtime, el('dt', {}, device.vendor), vendor],
    ),
  );
  const nothing = el('li', { class: 'nothing' }, 'Nothing yet');
  showCards([], () => undefined);

  /** What did not change stays as it is: a screen reader would read it again. */
  function showCards(screen: Screen, sentAt: (message: string) => number | undefined): void {
    const left = new Map([...cards.children].map((child) => [child.getAttribute('data-message') ?? '', child]));
    const rows = screen.map((card) => cardRow(card, sentAt(card.message)));
    for (const [at, row] of (rows.length === 0 ? [nothing] : rows).entries()) {
      const key = row.getAttribute('data-message') ?? '';
      const old = left.get(key);
      left.delete(key);
      if (old === undefined) {
        cards.insertBefore(row, cards.children[at] ?? null);
        if (row !== nothing && !window.matchMedia(STILL).matches) row.animate(COMING, COMING_MS);
      } else if (!old.isEqualNode(row)) {
        old.replaceWith(row);
      }
    }
    for (const old of left.values()) old.remove();
  }

  cards.addEventListener('click', ({ target }) => {
    const row = target instanceof HTMLButtonElement ? target.closest('li') : null;
    const card = shown.find(({ message }) => message === row?.getAttribute('data-message'));
    if (card !== undefined) events.opened(card);
  });
  let shown: Screen = [];

  return {
    root,
    mark(network) {
      const radio = radios.get(network);
      if (radio !== undefined) radio.checked = true;
    },
    choose(network) {
      const radio = radios.get(network);
      if (radio === undefined || radio.checked) return;
      radio.checked = true;
      events.network(network);
    },
    showState({ look, text }) {
      state.className = `state ${look}`;
      if (state.textContent !== text) state.textContent = text;
    },
    showScreen(screen, sentAt) {
      shown = screen;
      showCards(screen, sentAt);
    },
    showRoads(roads) {
      for (const [cell, word] of [
        [realtime, roads.realtime],
        [vendor, roads.vendor],
      ] as const) {
        cell.className = word.look;
        if (cell.textContent !== word.text) cell.textContent = word.text;
      }
    },
  };
}

function cardRow({ message, title, body, arrivals }: Card, sentAt: number | undefined): HTMLElement {
  const [first, ...more] = arrivals;
  const when = ({ at }: Arrival) => (sentAt === undefined ? '' : `, ${span(at - sentAt)}`);
  return el(
    'li',
    { 'data-message': message },
    el('h3', {}, title),
    ...(body === '' ? [] : [el('p', {}, body)]),
    ...(first === undefined
      ? []
      : [
          el('span', { class: `badge ${first.road === 'realtime' ? 'own' : 'vendor'}` }, `${first.road}${when(first)}`),
        ]),
    ...more.map((one) =>
      el(
        'span',
        { class: 'also' },
        `${one.road}${when(one)}: ${one.show ? 'same tag, takes its place' : 'data only, not shown again'}`,
      ),
    ),
    el('div', {}, el('button', { type: 'button', 'aria-label': `Open ${title}` }, 'Open')),
  );
}
