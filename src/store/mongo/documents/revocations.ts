import type { EpochMs } from '../../../domain/time.js';
import type { RevokedPart } from '../../../ports/revocation-store.js';
import { collection } from '../engine/collection.js';

export interface RevocationDoc {
  readonly _id: string;
  readonly app: string;
  readonly part: RevokedPart;
  readonly subject: string;
  readonly upTo: EpochMs;
  readonly recordedAt: EpochMs;
}

export const REVOCATIONS = collection<RevocationDoc>(
  'revocations',
  { app: String, part: String, subject: String, upTo: Number, recordedAt: Number },
  [{ name: 'by_age', keys: { recordedAt: 1, _id: 1 } }],
);

export function revocationId(app: string, part: RevokedPart, subject: string): string {
  return `${app}|${part}|${subject}`;
}
