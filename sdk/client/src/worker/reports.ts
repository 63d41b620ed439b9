/** What a service worker tells the gateway: kept until it is taken, since a worker dies at any time and is often offline. */
import type { FetchCall } from '../platform.js';
import type { IndexedDbStorage } from '../storage/indexed-db.js';

const REPORTS_MAX = 100;
/** The gateway takes none that are older than 30 days; by then nobody asks. */
const AGE_MS_MAX = 7 * 24 * 3_600_000;

export interface Report {
  readonly message: string;
  readonly event: 'displayed' | 'opened';
  readonly action?: string;
  /** RFC 3339. */
  readonly at: string;
}

/** Handed over by the page. */
export interface WorkerAccess {
  readonly url: string;
  readonly token: string;
}

export interface Reports {
  add(report: Report): Promise<void>;
  access(access: WorkerAccess | undefined): Promise<void>;
  /**
   * Says what waits. `later`: the network or the gateway was not there. `token`: the access token is missing or no good any more.
   */
  flush(): Promise<'done' | 'later' | 'token'>;
}

export function createReports(storage: IndexedDbStorage, fetch: FetchCall, now: () => number): Reports {
  const read = <T>(text: string | null | undefined, otherwise: T): T => {
    try {
      return (JSON.parse(text ?? 'null') as T | null) ?? otherwise;
    } catch {
      return otherwise;
    }
  };
  const keyOf = ({ message, event }: Report) => `${message} ${event}`;

  async function waiting(): Promise<readonly Report[]> {
    const since = new Date(now() - AGE_MS_MAX).toISOString();
    return read<readonly Report[]>(await storage.get('reports'), []).filter(({ at }) => at >= since);
  }

  return {
    async add(report) {
      await storage.change('reports', (text) => {
        const reports = read<readonly Report[]>(text, []);
        const others = reports.filter((one) => keyOf(one) !== keyOf(report));
        return JSON.stringify([...others, report].slice(-REPORTS_MAX));
      });
    },
    async access(access) {
      await storage.set('access', JSON.stringify(access ?? null));
    },
    async flush() {
      const reports = await waiting();
      if (reports.length === 0) return 'done';
      const access = read<WorkerAccess | undefined>(await storage.get('access'), undefined);
      if (access === undefined) return 'token';
      const answer = await fetch(`${access.url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${access.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ events: reports }),
      }).catch(() => undefined);
      if (answer === undefined || answer.status >= 500 || answer.status === 429) return 'later';
      if (answer.status === 401 || answer.status === 403) return 'token';
      // Taken, or never to be taken: what is wrong with one of them is in the answer, and no repetition mends it.
      const said = new Set(reports.map(keyOf));
      await storage.change('reports', (text) =>
        JSON.stringify(read<readonly Report[]>(text, []).filter((one) => !said.has(keyOf(one)))),
      );
      return 'done';
    },
  };
}
