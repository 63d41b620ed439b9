import type {
  ConnectorNode,
  ConnectorSeat,
  LetterOffer,
  LetterState,
  LiveBus,
  LogAnnouncement,
} from '../ports/live-bus.js';
import { NODE_ANSWER_MARGIN_MS } from '../ports/live-bus.js';

/** The bus of one process: who asks and where devices connect share its memory. */
export function createMemoryBus(): LiveBus {
  const nodes = new Set<ConnectorNode>();
  const places = new Map<string, Map<string, ConnectorNode>>();

  const placeOf = (app: string, device: string) => places.get(app)?.get(device);

  function forget(app: string, device: string): void {
    const devices = places.get(app);
    devices?.delete(device);
    if (devices?.size === 0) places.delete(app);
  }

  function empty(node: ConnectorNode): void {
    for (const [app, devices] of places) {
      for (const [device, place] of devices) if (place === node) forget(app, device);
    }
  }

  return {
    async online(app, devices) {
      return new Set(devices.filter((device) => placeOf(app, device) !== undefined));
    },
    async offer(offer, waitMs) {
      const parts = splitByNode(offer, placeOf);
      const states = offer.to.map((): LetterState => 'offline');
      await Promise.all(
        [...parts].map(async ([node, indexes]) => {
          // The common case, one node with all of them, hands the caller's own object on.
          const part =
            indexes.length === offer.to.length ? offer : { ...offer, to: indexes.flatMap((i) => offer.to[i] ?? []) };
          const answers = await answerInTime(node.offer(part, waitMs), waitMs + NODE_ANSWER_MARGIN_MS);
          for (const [n, i] of indexes.entries()) states[i] = answers?.[n] ?? 'offline';
        }),
      );
      return states;
    },
    async tell(app, devices, notice) {
      const parts = new Map<ConnectorNode, string[]>();
      for (const device of devices) collect(parts, placeOf(app, device), device);
      for (const [node, part] of parts) node.tell(app, part, notice);
    },
    async clearAll(app, clear) {
      for (const node of nodes) node.clearAll(app, clear);
    },
    async announce(entry: LogAnnouncement) {
      for (const node of nodes) node.announce(entry);
    },
    async join(node) {
      nodes.add(node);
      return {
        async here(app, device) {
          if (!nodes.has(node)) return;
          const before = placeOf(app, device);
          const devices = places.get(app) ?? new Map<string, ConnectorNode>();
          places.set(app, devices.set(device, node));
          if (before !== undefined && before !== node) before.replaced(app, device);
        },
        async gone(app, device) {
          if (placeOf(app, device) === node) forget(app, device);
        },
        async leave() {
          nodes.delete(node);
          empty(node);
        },
      } satisfies ConnectorSeat;
    },
    async close() {
      nodes.clear();
      places.clear();
    },
  };
}

/** Indexes into `to` by the node that has the device; those of nobody are left out. */
function splitByNode(
  offer: LetterOffer,
  placeOf: (app: string, device: string) => ConnectorNode | undefined,
): ReadonlyMap<ConnectorNode, readonly number[]> {
  const parts = new Map<ConnectorNode, number[]>();
  for (const [i, { device }] of offer.to.entries()) collect(parts, placeOf(offer.app, device), i);
  return parts;
}

function collect<T>(parts: Map<ConnectorNode, T[]>, node: ConnectorNode | undefined, item: T): void {
  if (node === undefined) return;
  const part = parts.get(node);
  if (part === undefined) parts.set(node, [item]);
  else part.push(item);
}

/** @returns undefined where the node does not keep its promise: then nothing is known of its devices */
async function answerInTime(
  answer: Promise<readonly LetterState[]>,
  ms: number,
): Promise<readonly LetterState[] | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
