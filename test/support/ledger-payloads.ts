import type { Ledger } from '../../src/simulators/ledger.js';

interface Line {
  readonly provider: string;
  readonly accepted: boolean;
  readonly payload: { readonly pealbell?: { readonly id?: string } } | null;
}

/** Payloads of one message that a simulator accepted, as the vendor read them: those of Web Push decrypted. */
export function readPayloads(ledger: Pick<Ledger, 'chunks'>, provider: 'apns' | 'webpush', message: string): object[] {
  return Buffer.concat(ledger.chunks())
    .toString('utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as Line)
    .filter((line) => line.provider === provider && line.accepted && line.payload?.pealbell?.id === message)
    .flatMap(({ payload }) => payload ?? []);
}
