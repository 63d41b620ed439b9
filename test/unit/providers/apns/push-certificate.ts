/** Push certificates of an authority made for the run. */
import { generate } from 'selfsigned';

const UID = '0.9.2342.19200300.100.1.1';

export interface PushCertificate {
  readonly cert: string;
  readonly key: string;
}

/** `uid`: what Apple puts into the subject, the bundle id; left out when absent. */
export async function makeCertificate(
  part: { readonly uid?: string; readonly notAfter?: Date; readonly keyType?: 'ec' | 'rsa' } = {},
): Promise<PushCertificate> {
  const made = await generate(
    [
      { name: 'commonName', value: 'Apple Push Services' },
      ...(part.uid === undefined ? [] : [{ name: UID, value: part.uid }]),
    ],
    {
      keyType: part.keyType ?? 'ec',
      notBeforeDate: new Date(0),
      ...(part.notAfter === undefined ? {} : { notAfterDate: part.notAfter }),
    } as Parameters<typeof generate>[1],
  );
  return { cert: made.cert, key: made.private };
}
