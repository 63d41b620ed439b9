/** Decides the fate of one request to a simulated vendor: strict checks, then the fault plan; and writes it down. */
import { randomUUID } from 'node:crypto';
import type { Fault, FaultSource, LedgerSink } from '../simulation.js';
import { htmlAnswer, type Reading, type Served, type VendorAnswer, type VendorCall } from './vendor-call.js';

export interface VendorDesk {
  readonly ledger: LedgerSink;
  readonly faults: FaultSource;
  /** From the arrival of the whole request to the answer. */
  readonly latencyMs: number;
  /** What answers to notifications wait for, besides the latency. */
  readonly hold?: (() => Promise<void> | undefined) | undefined;
  now(): number;
  /** Never throws, whatever came. */
  read(call: VendorCall): Reading;
}

export type Fate =
  | {
      readonly kind: 'answered';
      readonly answer: VendorAnswer;
      readonly latencyMs: number;
      /** The connection ends after it. */
      readonly isLast: boolean;
      readonly isNotification: boolean;
      /** To be called when the answer has left. */
      readonly after?: () => void;
    }
  | { readonly kind: 'stall' | 'reset' | 'half_open' };

/** Codes that every simulated vendor understands in a fault: a page of HTML, and nothing at all. */
const HTML = 'html';
const EMPTY = 'empty';

export function decide(desk: VendorDesk, call: VendorCall): Fate {
  const reading = desk.read(call);
  if (reading.kind === 'refused') {
    const { provider, targets = [null], payload = null, answer, reason } = reading;
    for (const token of targets.length === 0 ? [null] : targets) {
      write(desk, call, { provider, token, id: randomUUID(), payload, status: answer.status, reason, accepted: false });
    }
    return { kind: 'answered', answer, latencyMs: desk.latencyMs, isLast: false, isNotification: false };
  }
  return serve(desk, call, reading);
}

function serve(desk: VendorDesk, call: VendorCall, served: Served): Fate {
  const { provider, targets, isNotification } = served;
  const asked = new Map<string, string>();
  let whole: Fault | undefined;
  let latencyMs = desk.latencyMs;
  let isLast = false;
  for (const target of targets) {
    // What befalls the whole request befalls it once: what is planned beyond that is for requests to come.
    if (whole !== undefined) break;
    const fault = desk.faults.take(provider, target);
    if (fault === undefined || fault.kind === 'max_streams') continue;
    if (fault.kind === 'goaway') isLast = true;
    else if (fault.kind !== 'answer') whole ??= fault;
    else {
      latencyMs = Math.max(latencyMs, fault.latencyMs ?? 0);
      const { status = 200, reason } = fault;
      if (reason !== undefined && status === 200 && served.isTargetCode(reason)) asked.set(target, reason);
      else if (status !== 200 || reason !== undefined) whole ??= fault;
    }
  }
  const note = (token: string, status: number | null, reason: string | null) =>
    write(desk, call, {
      ...{ provider, token, id: served.id, payload: served.payload, status, reason },
      accepted: isNotification && status === 200 && reason === null,
    });
  if (whole !== undefined && whole.kind !== 'answer') {
    for (const target of targets) note(target, null, whole.kind);
    return { kind: whole.kind as 'stall' | 'reset' | 'half_open' };
  }
  if (whole !== undefined) {
    const answer = wholeAnswer(served, whole);
    for (const target of targets) note(target, answer.status, whole.reason ?? String(answer.status));
    return { kind: 'answered', answer, latencyMs, isLast, isNotification };
  }
  const { answer, refused } = served.serve(asked);
  for (const target of targets) note(target, answer.status, refused.get(target) ?? null);
  const taken = targets.filter((target) => !refused.has(target));
  const after = served.taken === undefined || answer.status !== 200 ? {} : { after: () => served.taken?.(taken) };
  return { kind: 'answered', answer, latencyMs, isLast, isNotification, ...after };
}

function wholeAnswer(served: Served, { status, reason, retryAfterSeconds }: Fault & { kind: 'answer' }): VendorAnswer {
  const answer =
    reason === HTML
      ? htmlAnswer(status ?? 200)
      : reason === EMPTY
        ? { status: status ?? 200, body: '' }
        : served.answerWith({
            ...(status === undefined ? {} : { status }),
            ...(reason === undefined ? {} : { code: reason }),
          });
  if (retryAfterSeconds === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}

function write(
  desk: VendorDesk,
  call: VendorCall,
  line: {
    readonly provider: string;
    readonly token: string | null;
    readonly id: string;
    readonly payload: unknown;
    readonly status: number | null;
    readonly reason: string | null;
    readonly accepted: boolean;
  },
): void {
  const { provider, token, id, payload, status, reason, accepted } = line;
  desk.ledger.write({
    ...{ provider, token, id, headers: call.headers },
    payloadJson: payloadText(payload),
    answer: { status, reason },
    accepted,
    at: call.now,
  });
}

/** The same for all targets of a request. */
const texts = new WeakMap<object, string>();

function payloadText(payload: unknown): string | null {
  if (payload === undefined || payload === null) return null;
  if (typeof payload !== 'object') return JSON.stringify(payload);
  const text = texts.get(payload) ?? JSON.stringify(payload);
  texts.set(payload, text);
  return text;
}
