import type { LedgerLine } from './audit.js';
import { DemoFailure } from './failure.js';
import { callText } from './json-call.js';

/** What a browser gives a site that asked for pushes (RFC 8030, Push API). */
export interface Browser {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** The simulator's control port: what reached "the vendor", and how it shall behave. */
export interface SimulatorClient {
  readonly url: string;
  /** @param fault as `POST /faults` takes it */
  plan(fault: Readonly<Record<string, unknown>>): Promise<void>;
  /** A browser of Mozilla's makes a subscription for the site that has the demonstration's VAPID key. */
  subscribe(): Promise<Browser>;
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
    async subscribe() {
      const { providers } = JSON.parse(await callText(`${url}/endpoints`, {}, signal)) as {
        readonly providers: { readonly webpush: { readonly vapid: { readonly publicKey: string } } };
      };
      const wanted = { service: 'mozilla', vapid_key: providers.webpush.vapid.publicKey };
      const call = { method: 'POST', body: JSON.stringify(wanted) };
      const [browser] = JSON.parse(await callText(`${url}/subscriptions`, call, signal)) as Browser[];
      if (browser === undefined) throw new DemoFailure('the simulator made no subscription');
      return browser;
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

interface Shown {
  readonly title?: string;
  readonly body?: string;
}

/** Where each road's payload has what the demonstration looks for. */
interface Payload {
  /** APNs and Web Push: our block, an object. */
  readonly pealbell?: { readonly id?: string };
  readonly aps?: { readonly alert?: Shown };
  readonly notification?: Shown;
  /** FCM: data are strings, our block too. */
  readonly message?: {
    readonly data?: { readonly pealbell?: string };
    readonly notification?: Shown;
  };
}

/** The message's own id travels in the payload's block `pealbell`. */
export function readLine(line: string): LedgerLine {
  const { provider, token, id, accepted, at, answer, payload } = JSON.parse(line) as Omit<LedgerLine, 'message'> & {
    readonly answer: { readonly status: number | null };
    readonly payload: Payload | null;
  };
  const fcmBlock = payload?.message?.data?.pealbell;
  // Elsewhere it is an echo of ours, or text within text: its form is known again wherever it stands.
  const echo = /\bmsg_[0-9A-Za-z]+/.exec(JSON.stringify(payload))?.[0];
  const block = fcmBlock === undefined ? payload?.pealbell : (JSON.parse(fcmBlock) as Payload['pealbell']);
  const { title, body } = payload?.message?.notification ?? payload?.notification ?? payload?.aps?.alert ?? {};
  return {
    ...{ provider, token, id, accepted, at, message: block?.id ?? echo },
    ...(answer.status === null ? {} : { status: answer.status }),
    ...(title === undefined ? {} : { title }),
    ...(body === undefined ? {} : { body }),
  };
}
