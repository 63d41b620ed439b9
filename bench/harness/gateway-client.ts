import { deviceLines, type Road } from './devices.js';

const LOOK_EVERY_MS = 50;
const LOOK_ANYHOW_MS = 1_000;

/** The calls that workloads make. */
export interface GatewayClient {
  /** Registers devices 0 to `count`. @throws Error when one was refused */
  importDevices(count: number, road: Road): Promise<void>;
  /**
   * Sends one message and waits until it is completed.
   *
   * @param isNear once a second it is looked at anyhow, and often only while this says so: looking costs CPU too
   * @returns its counts by state
   */
  send(message: Readonly<Record<string, unknown>>, isNear?: () => boolean): Promise<Readonly<Record<string, number>>>;
}

export function createGatewayClient(url: string, key: string): GatewayClient {
  const headers = { authorization: `Bearer ${key}` };
  async function call(path: string, init: RequestInit = {}): Promise<string> {
    const answer = await fetch(url + path, { ...init, headers: { ...headers, ...init.headers } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    return text;
  }
  return {
    async importDevices(count, road) {
      const results = await call('/v1/devices/import', {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: deviceLines(count, road),
        duplex: 'half',
      } as RequestInit); // `duplex` is not in the types of Node 20
      const taken = results.split('\n').filter((line) => line.includes('"status":201')).length;
      if (taken !== count) throw new Error(`${taken} of ${count} devices were imported: ${results.slice(0, 500)}`);
    },
    async send(message, isNear = () => true) {
      const accepted = await call('/v1/messages', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(message),
      });
      const { id } = JSON.parse(accepted) as { id: string };
      let lookedAt = performance.now();
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
        if (!isNear() && performance.now() - lookedAt < LOOK_ANYHOW_MS) continue;
        lookedAt = performance.now();
        const state = JSON.parse(await call(`/v1/messages/${id}`)) as {
          status: string;
          counts: Record<string, number>;
        };
        if (state.status === 'completed') return state.counts;
      }
    },
  };
}
