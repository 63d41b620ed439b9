import type { Config } from '../../../config/load.js';
import type { ListenAddress } from '../../../config/setting-types.js';

/** A gateway that answers on the addresses of the configuration. */
export interface RunningGateway {
  readonly version: string;
  /** Of `/readyz`: one word or sentence per part, `ok` where it answers. */
  readonly checks: Readonly<Record<string, string>>;
  /** Seconds that the oldest work of each lane has been due; of a process with workers only. */
  readonly oldestSeconds: Readonly<Record<string, number>>;
}

const ANSWER_WITHIN_MS = 4_000;

/** Asks the admin address, which needs no key. Undefined where nobody answers as a gateway does. */
export async function findRunningGateway(config: Config): Promise<RunningGateway | undefined> {
  const { admin } = config.server;
  if (admin.port === 0) return undefined;
  const url = `http://${hostToAsk(admin)}:${admin.port}`;
  const metrics = await ask(`${url}/metrics`);
  const version = /^pealbell_build_info\{[^}]*version="([^"]*)"/m.exec(metrics ?? '')?.[1];
  if (metrics === undefined || version === undefined) return undefined;
  const oldest = metrics.matchAll(/^pealbell_queue_oldest_seconds\{lane="(\w+)"\} (\S+)$/gm);
  return {
    version,
    checks: checksOf(await ask(`${url}/readyz`)),
    oldestSeconds: Object.fromEntries([...oldest].map(([, lane, seconds]) => [lane, Number(seconds)])),
  };
}

/** Where a server that listens on all addresses is asked on this machine. */
export function hostToAsk({ host }: ListenAddress): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

async function ask(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), redirect: 'error' });
    return await answer.text();
  } catch {
    return undefined; // nobody, or somebody who speaks something else
  }
}

function checksOf(text: string | undefined): Readonly<Record<string, string>> {
  try {
    const { checks } = JSON.parse(text ?? '') as { checks?: Readonly<Record<string, string>> };
    return checks ?? {};
  } catch {
    return {};
  }
}
