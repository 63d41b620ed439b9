import { X509Certificate } from 'node:crypto';
import { type Check, type Finding, fault, ok, warning } from '../check.js';
import { optionsOf, type ProviderText, placeOf } from '../options.js';

const DAY_MS = 86_400_000;
const WARN_BEFORE_DAYS = 30;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/;

/** When what an app shows its vendor, or trusts, comes to its end. Keys and service accounts have no end of their own. */
export const credentials: Check = {
  name: 'credentials',
  look({ config, now }) {
    const texts = optionsOf(config.apps);
    const found = texts.flatMap((text) => judge(text, now()) ?? []);
    if (found.length > 0) return found;
    return texts.length === 0
      ? []
      : [ok('certificates', 'none in use: keys and service accounts have no end of their own')];
  },
};

function judge(text: ProviderText, now: number): Finding | undefined {
  const pem = CERTIFICATE.exec(text.value)?.[0];
  if (pem === undefined) return undefined;
  const subject = placeOf(text);
  const endsAt = Date.parse(new X509Certificate(pem).validTo);
  const day = new Date(endsAt).toISOString().slice(0, 10);
  const daysLeft = Math.floor((endsAt - now) / DAY_MS);
  const isAuthority = text.path.at(-1) === 'ca';
  const cure = isAuthority
    ? 'Replace the authority, or remove ca to trust the system’s.'
    : 'Make a new push certificate at Apple and replace the file; the running gateway takes it up by itself.';
  if (endsAt <= now) return fault(subject, `the certificate ended on ${day}`, cure);
  if (daysLeft < WARN_BEFORE_DAYS) return warning(subject, `the certificate ends in ${daysLeft} days, on ${day}`, cure);
  return ok(subject, `the certificate is good until ${day}`);
}
