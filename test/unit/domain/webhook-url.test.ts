import assert from 'node:assert/strict';
import { type WebhookUrlRules, webhookUrlFault } from '../../../src/domain/webhook-url.js';
import { inNetworks } from '../../../src/egress/address.js';
import { createEgress } from '../../../src/egress/egress.js';

const rulesOf = (allow: readonly string[], publicUrl?: string): WebhookUrlRules => ({
  allowsSome: allow.length > 0,
  isAllowed: inNetworks(allow),
  publicUrl,
});
const codeOf = (url: string, rules = rulesOf([])) => webhookUrlFault(url, rules)?.code;

describe('the address of a webhook', () => {
  for (const [url, code] of [
    ['https://crm.example.com/push?tenant=7', undefined],
    ['HTTPS://crm.example.com', undefined],
    ['https://crm.example.com:8443/', undefined],
    ['http://crm.example.com/', 'https_required'],
    ['ftp://crm.example.com/', 'invalid_format'],
    ['crm.example.com', 'invalid_format'],
    ['https://crm.example.com/a b', 'invalid_format'],
    ['https://', 'invalid_format'],
    ['https://crm.example.com/#x', 'invalid_format'],
    ['https://user@crm.example.com/', 'credentials_in_url'],
    ['https://user:secret@crm.example.com/', 'credentials_in_url'],
    ['https://8.8.8.8/', 'address_not_allowed'],
    ['https://127.0.0.1/', 'address_not_allowed'],
    ['https://0x7f.1/', 'address_not_allowed'],
    ['https://2130706433/', 'address_not_allowed'],
    ['https://[::1]/', 'address_not_allowed'],
    ['https://[::ffff:10.0.0.1]/', 'address_not_allowed'],
    [`https://crm.example.com/${'x'.repeat(2_048)}`, 'too_long'],
  ] as const) {
    it(`${url.slice(0, 60)} is ${code ?? 'taken'}`, () => assert.equal(codeOf(url), code));
  }

  it('may be of a network that is allowed, then also by plain http', () => {
    const rules = rulesOf(['10.0.0.0/8', 'fd00::/8']);
    for (const url of ['https://10.1.2.3/', 'http://10.1.2.3:8080/', 'http://[fd00::1]/', 'http://crm.internal/']) {
      assert.equal(codeOf(url, rules), undefined, url);
    }
    for (const url of ['https://192.168.0.1/', 'http://8.8.8.8/']) {
      assert.equal(codeOf(url, rules), 'address_not_allowed', url);
    }
  });

  it('is not one of the gateway itself; what else stands at its origin is somebody else', () => {
    const rules = rulesOf([], 'https://shop.example/push');
    for (const url of ['https://shop.example/push', 'https://SHOP.example:443/push/v1/events']) {
      assert.equal(codeOf(url, rules), 'own_address', url);
    }
    for (const url of ['https://shop.example/pushed', 'https://shop.example/crm', 'https://crm.shop.example/push/']) {
      assert.equal(codeOf(url, rules), undefined, url);
    }
  });

  it('that is taken as https is never one that the way out refuses', () => {
    for (const allow of [[], ['10.0.0.0/8']]) {
      const egress = createEgress({ allow });
      for (const host of ['a.example', '10.0.0.1', '127.0.0.1', '8.8.8.8', '[::1]', '0x0a.1', 'u@a.example']) {
        const url = `https://${host}/`;
        if (codeOf(url, rulesOf(allow)) === undefined) egress.checkUrl(new URL(url));
        else assert.throws(() => egress.checkUrl(new URL(url)), url);
      }
    }
  });
});
