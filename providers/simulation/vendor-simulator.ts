/** What every vendor's simulator is started with, and gives. */
import type { FaultSource, LedgerSink, TlsMaterial } from '../simulation.js';

export interface VendorSimulatorOptions {
  readonly tls: TlsMaterial;
  readonly ledger: LedgerSink;
  /** Asked with the push token, and at a token endpoint with the client's name. */
  readonly faults: FaultSource;
  now(): number;
  /** Loopback port; 0, the default, picks a free one. */
  readonly port?: number;
  /** From the arrival of the whole request to the answer; 0 when absent. */
  readonly latencyMs?: number;
  /** What answers to notifications wait for, besides the latency; nothing when it gives nothing. For whoever looks at what happens meanwhile. */
  readonly hold?: () => Promise<void> | undefined;
  /** How long after a delivery its receipts are told, where the vendor was given an address; 20 ms when absent. */
  readonly receiptDelayMs?: number;
}

export interface VendorSimulator {
  /** Without a path. */
  readonly url: string;
  /** Settings of a provider, as an app's file has them, that opens this simulator; all but `ca`. */
  readonly settings: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}
