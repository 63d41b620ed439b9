import { generate } from 'selfsigned';

/** PEM of a certificate that ends at this time, epoch milliseconds. */
export async function certificateUntil(endsAt: number): Promise<string> {
  const { cert } = await generate([{ name: 'commonName', value: 'an authority' }], {
    notBeforeDate: new Date(endsAt - 365 * 86_400_000),
    notAfterDate: new Date(endsAt),
    keyType: 'ec',
  });
  return cert;
}
