/** Why a post came to no answer, or to none that was whole. */
export type PostFailure =
  | 'refused' // an address that must not be reached
  | 'unresolved'
  | 'connection'
  | 'tls'
  | 'timeout'
  | 'garbled';

const UNRESOLVED = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'ETIMEOUT']);
/** OpenSSL's words for certificates that are not to be trusted; Node gives them as codes. */
const CERTIFICATE = /^(?:CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_|HOSTNAME_MISMATCH|PATH_LENGTH_)/;
const TLS = /^(?:ERR_TLS|ERR_SSL|EPROTO)/;

/** What an error of Node's client means, in words that name no address. */
export function whyFailed(error: Error): { readonly reason: PostFailure; readonly sentence: string } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'EGRESS_REFUSED') return { reason: 'refused', sentence: `refused: ${error.message}` };
  if (UNRESOLVED.has(code)) return { reason: 'unresolved', sentence: `the host was not found (${code})` };
  if (CERTIFICATE.test(code) || code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return { reason: 'tls', sentence: `its certificate is not trusted (${code})` };
  }
  if (TLS.test(code)) return { reason: 'tls', sentence: `no TLS connection came about (${code})` };
  if (code.startsWith('HPE_')) return { reason: 'garbled', sentence: `what answered does not speak HTTP (${code})` };
  const detail = code === '' ? '' : ` (${code})`;
  return { reason: 'connection', sentence: `no connection came about, or it broke off${detail}` };
}
