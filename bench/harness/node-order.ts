/** What W14 asks of a node, a process that holds connections and publishes to those of others. */
export interface NodeSetup {
  readonly redisUrl: string;
}

export interface NodeReady {
  /** For clients, where the contender has any; empty otherwise. */
  readonly url: string;
}

export type NodeOrder =
  /** These devices are connected here from now on, where there are no clients that connect by themselves. */
  | { readonly kind: 'hold'; readonly devices: readonly string[] }
  /** `count` messages of 200 bytes, to these devices in turn, bodies numbered from `from`. */
  | {
      readonly kind: 'publish';
      readonly devices: readonly string[];
      readonly from: number;
      readonly count: number;
      readonly perSecond: number;
    }
  /** What came here since the last reading. */
  | { readonly kind: 'read' };

export interface NodeAnswer {
  /** Numbers of the bodies that this node handed to a device. */
  readonly bodies: readonly number[];
  /** Milliseconds of each, from the call that published it. */
  readonly latencies: readonly number[];
  /** Messages that Redis published to this process. */
  readonly heard: number;
}

export const NOTHING: NodeAnswer = { bodies: [], latencies: [], heard: 0 };

/** Notes what a node hands to devices. */
export function createNodeNotes(nowMs: () => number, heard: () => number) {
  let bodies: number[] = [];
  let latencies: number[] = [];
  return {
    note(body: string) {
      const at = nowMs();
      const [index = Number.NaN, sentAt = Number.NaN] = body.split(' ', 2).map(Number);
      bodies.push(index);
      latencies.push(at - sentAt);
    },
    read(): NodeAnswer {
      const answer = { bodies, latencies, heard: heard() };
      bodies = [];
      latencies = [];
      return answer;
    },
  };
}
