import { isIP } from 'node:net';

/** What the operator lets webhooks reach. */
export interface WebhookUrlRules {
  /** Whether any network is allowed although it is not public (`egress.allow`). */
  readonly allowsSome: boolean;
  /** Whether an IP address is in one of those. */
  isAllowed(address: string): boolean;
  /** Where the API itself is reached. */
  readonly publicUrl?: string | undefined;
}

export interface WebhookUrlFault {
  readonly code: string;
  /** To be read after "it". */
  readonly detail: string;
}

export const WEBHOOK_URL_LENGTH_MAX = 2_048;

/**
 * What is wrong with the address of an endpoint, as far as it can be told without a look-up; undefined where nothing is.
 * (Where a host name leads is checked for every connection, by the egress client.)
 */
export function webhookUrlFault(text: string, rules: WebhookUrlRules): WebhookUrlFault | undefined {
  if (text.length > WEBHOOK_URL_LENGTH_MAX) {
    return { code: 'too_long', detail: `must have at most ${WEBHOOK_URL_LENGTH_MAX} characters` };
  }
  if (/\s/.test(text) || !/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    return { code: 'invalid_format', detail: 'must be an absolute URL such as https://crm.example.com/pealbell' };
  }
  const url = new URL(text); // no odd spelling of an address is left: 0x7f.1 is 127.0.0.1 by then
  if (url.username !== '' || url.password !== '') {
    const detail = 'must not hold a user or a password; calls are signed, which proves more';
    return { code: 'credentials_in_url', detail };
  }
  if (url.hash !== '') return { code: 'invalid_format', detail: 'must not have a fragment (#…): it is never sent' };
  return addressFault(url, rules) ?? (isWithin(url, rules.publicUrl) ? OWN : undefined);
}

const OWN: WebhookUrlFault = {
  code: 'own_address',
  detail: 'is an address of this gateway itself; name the server that wants to be told',
};

function addressFault(url: URL, { allowsSome, isAllowed }: WebhookUrlRules): WebhookUrlFault | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) {
    if (isAllowed(host)) return undefined;
    const detail = 'must name a host, not an IP address, unless egress.allow of the gateway lists its network';
    return { code: 'address_not_allowed', detail };
  }
  if (url.protocol === 'https:' || allowsSome) return undefined;
  const detail = 'must be https; http is for networks that egress.allow of the gateway lists';
  return { code: 'https_required', detail };
}

/** The same origin and a path below; what else stands at that origin is none of ours. */
function isWithin(url: URL, publicUrl: string | undefined): boolean {
  if (publicUrl === undefined || !URL.canParse(publicUrl)) return false;
  const own = new URL(publicUrl);
  const path = own.pathname.endsWith('/') ? own.pathname : `${own.pathname}/`;
  return url.origin === own.origin && `${url.pathname}/`.startsWith(path);
}
