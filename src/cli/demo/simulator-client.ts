import type { LedgerLine } from './audit.js';
import { callText } from './json-call.js';

/** The simulator's control port: what reached "the vendor", and how it shall behave. */
export interface SimulatorClient {
  readonly url: string;
  /** @param fault as `POST /faults` takes it */
  plan(fault: Readonly<Record<string, unknown>>): Promise<void>;
  forgetFaults(): Promise<void>;
  /** Acceptances so far, each pair of id and token once. */
  acceptedCount(): Promise<number>;
  ledger(): Promise<readonly LedgerLine[]>;
}

export function createSimulatorClient(url: string, signal: AbortSignal): SimulatorClient {
  return {
    url,
    async plan(fault) {
      await callText(`${url}/faults`, { method: 'POST', body: JSON.stringify(fault) }, signal);
    },
    async forgetFaults() {
      await callText(`${url}/faults`, { method: 'DELETE' }, signal);
    },
    async acceptedCount() {
      const summary = JSON.parse(await callText(`${url}/ledger/summary`, {}, signal)) as {
        readonly accepted: { readonly distinct: number };
      };
      return summary.accepted.distinct;
    },
    async ledger() {
      const text = await callText(`${url}/ledger`, {}, signal);
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map(readLine);
    },
  };
}

/** The message's own id travels in the payload's block `pealbell`. */
function readLine(line: string): LedgerLine {
  const { token, id, accepted, at, payload } = JSON.parse(line) as {
    readonly token: string | null;
    readonly id: string;
    readonly accepted: boolean;
    readonly at: number;
    readonly payload: { readonly pealbell?: { readonly id?: string } } | null;
  };
  return { token, id, accepted, at, message: payload?.pealbell?.id };
}
