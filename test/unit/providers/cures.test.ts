import assert from 'node:assert/strict';
import { apnsKind } from '../../../providers/apns/kind.js';
import { ANSWERS_KNOWN as APNS_ANSWERS } from '../../../providers/apns/outcome.js';
import type { Interpreting, VendorAnswer } from '../../../providers/contract.js';
import { fcmKind } from '../../../providers/fcm/kind.js';
import { ANSWERS_KNOWN as FCM_ANSWERS } from '../../../providers/fcm/outcome.js';
import { honorKind } from '../../../providers/honor/kind.js';
import { ANSWERS_KNOWN as HONOR_ANSWERS } from '../../../providers/honor/outcome.js';
import { ANSWERS_KNOWN as HTTP_ANSWERS } from '../../../providers/http/cures.js';
import { httpKind } from '../../../providers/http/kind.js';
import { huaweiKind } from '../../../providers/huawei/kind.js';
import { ANSWERS_KNOWN as HUAWEI_ANSWERS } from '../../../providers/huawei/outcome.js';
import { meizuKind } from '../../../providers/meizu/kind.js';
import { ANSWERS_KNOWN as MEIZU_ANSWERS } from '../../../providers/meizu/outcome.js';
import { oppoKind } from '../../../providers/oppo/kind.js';
import { ANSWERS_KNOWN as OPPO_ANSWERS } from '../../../providers/oppo/outcome.js';
import { vivoKind } from '../../../providers/vivo/kind.js';
import { ANSWERS_KNOWN as VIVO_ANSWERS } from '../../../providers/vivo/outcome.js';
import { webpushKind } from '../../../providers/webpush/kind.js';
import { ANSWERS_KNOWN as WEBPUSH_ANSWERS } from '../../../providers/webpush/outcome.js';
import { xiaomiKind } from '../../../providers/xiaomi/kind.js';
import { ANSWERS_KNOWN as XIAOMI_ANSWERS } from '../../../providers/xiaomi/outcome.js';

const PASSES = 'passes by itself, and is sent again by itself';
const GONE = 'the person removed the app or took the permission back';
const UNHEARD = 'between two machines of the way; sent again by itself';

/** Answers that nobody can do anything about, or need not. Every other known answer has a cure. */
const NEEDS_NONE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  apns: {
    IdleTimeout: PASSES,
    InternalServerError: PASSES,
    ServiceUnavailable: PASSES,
    'Service Unavailable': PASSES,
    Shutdown: PASSES,
    ExpiredToken: GONE,
    Unregistered: GONE,
    408: UNHEARD,
    421: UNHEARD,
    425: UNHEARD,
    500: PASSES,
  },
  fcm: {
    '404 UNREGISTERED': GONE,
    '500 INTERNAL': PASSES,
    '500 UNSPECIFIED_ERROR': PASSES,
    '503 UNAVAILABLE': PASSES,
    408: UNHEARD,
    421: UNHEARD,
    425: UNHEARD,
    499: UNHEARD,
    500: PASSES,
    502: PASSES,
    503: PASSES,
    504: PASSES,
  },
  honor: { 200: GONE, 500: PASSES, 502: PASSES, 80000000: GONE },
  meizu: {
    200: GONE,
    500: PASSES,
    1001: PASSES,
    1003: PASSES,
    'value 501': PASSES,
    'value 513': PASSES,
    'value 519': PASSES,
    'value 110002': GONE,
    'value 110005': GONE,
    'value 110010': GONE,
  },
  oppo: { '-1': PASSES, '-2': PASSES, 69: PASSES, 10000: GONE },
  http: {
    408: UNHEARD,
    429: PASSES,
    500: PASSES,
  },
  webpush: {
    IdleTimeout: PASSES,
    InternalServerError: PASSES,
    ServiceUnavailable: PASSES,
    Shutdown: PASSES,
    404: GONE,
    408: UNHEARD,
    410: GONE,
    421: UNHEARD,
    425: UNHEARD,
  },
  huawei: {
    80000001: PASSES,
    80100000: GONE,
    80100017: PASSES,
    80600003: PASSES,
    81000001: PASSES,
    tokenFormatError: GONE,
    500: PASSES,
    502: PASSES,
    503: PASSES,
    504: PASSES,
  },
  vivo: {
    10302: GONE,
    10311: PASSES,
    10800: PASSES,
    'invalidUser.1': GONE,
    'invalidUser.2': GONE,
  },
  xiaomi: {
    10029: GONE,
    20301: GONE,
    65003: GONE,
    66007: GONE,
    '-1': PASSES,
    1: PASSES,
    10001: PASSES,
    10002: PASSES,
    10003: PASSES,
    10009: PASSES,
    10010: PASSES,
    10011: PASSES,
    20607: PASSES,
    22102: PASSES,
    26003: PASSES,
  },
};

/** Vendors whose codes are numbers: a row is a code, never a status. */
const NUMBERED = new Set(['honor', 'meizu']);

/** `404 UNREGISTERED`, `BadTopic` or `429` as the answer it stands for. */
function answerOf(row: string, name: string): VendorAnswer {
  if (NUMBERED.has(name)) return { code: row };
  const [, status, code] = /^(\d{3}(?!\d))?\s?(.*)$/.exec(row) ?? [];
  return {
    ...(status === undefined ? {} : { status: Number(status) }),
    ...(code === '' || code === undefined ? {} : { code }),
  };
}

const kinds: readonly (readonly [string, Interpreting, readonly string[]])[] = [
  ['apns', apnsKind, APNS_ANSWERS],
  ['fcm', fcmKind, FCM_ANSWERS],
  ['http', httpKind, HTTP_ANSWERS],
  ['webpush', webpushKind, WEBPUSH_ANSWERS],
  ['huawei', huaweiKind, HUAWEI_ANSWERS],
  ['honor', honorKind, HONOR_ANSWERS],
  ['meizu', meizuKind, MEIZU_ANSWERS],
  ['oppo', oppoKind, OPPO_ANSWERS],
  ['vivo', vivoKind, VIVO_ANSWERS],
  ['xiaomi', xiaomiKind, XIAOMI_ANSWERS],
];

for (const [name, kind, answers] of kinds) {
  describe(`cures of ${name}`, () => {
    for (const row of answers) {
      it(`${row} has a meaning, and a cure unless it needs none`, () => {
        const reading = kind.interpret(answerOf(row, name));
        assert.ok(reading, 'no reading');
        assert.match(reading.means, /^[A-Za-z].*[^.]$/, 'a clause that follows a colon');
        const none = NEEDS_NONE[name]?.[row];
        if (none === undefined) assert.match(reading.cure ?? '', /^[A-Z].*[.?]$/, 'one or two sentences');
        else assert.equal(reading.cure, undefined, none);
      });
    }

    it('has no row here that its table does not have', () => {
      const known = new Set(answers);
      assert.deepEqual(
        Object.keys(NEEDS_NONE[name] ?? {}).filter((row) => !known.has(row)),
        [],
      );
    });

    it('reads whatever status there is, and nothing where there is none', () => {
      for (let status = 300; status < 600; status++) {
        assert.ok(kind.interpret({ status, code: 'BrandNew' }), `${status}`);
        assert.ok(kind.interpret({ status, code: 'toString', text: '__proto__' }));
      }
      for (const answer of [{}, { text: 'connect ECONNREFUSED' }, { code: 'constructor' }, { code: '__proto__' }]) {
        assert.equal(kind.interpret(answer), undefined);
      }
    });
  });
}

describe('an answer that can mean several things', () => {
  it('is read by what the outcome made of it', () => {
    const fcm = (reason: VendorAnswer['reason']) =>
      fcmKind.interpret({ status: 400, code: 'INVALID_ARGUMENT', ...(reason === undefined ? {} : { reason }) })?.means;
    assert.match(fcm('token_wrong_app') ?? '', /push token/);
    assert.match(fcm('payload_too_large') ?? '', /too large/);
    assert.match(fcm('payload_rejected') ?? '', /field/);
    const web = (reason: VendorAnswer['reason']) =>
      webpushKind.interpret({ status: 403, ...(reason === undefined ? {} : { reason }) })?.cure;
    assert.match(web('token_wrong_app') ?? '', /subscribe again/);
    assert.match(web('credential_rejected') ?? '', /subject/);
    const apns = (reason: NonNullable<VendorAnswer['reason']>) =>
      apnsKind.interpret({ status: 400, code: 'TopicDisallowed', reason })?.cure;
    assert.match(apns('credential_rejected') ?? '', /Set `bundle_id` of the app’s file/);
    assert.match(apns('token_wrong_app') ?? '', /registration/);
    assert.match(apns('payload_rejected') ?? '', /push type/);
  });

  it('is the app’s settings where a push token may be another app’s', () => {
    const wrong = { status: 200, reason: 'token_wrong_app' } as const;
    assert.match(honorKind.interpret({ ...wrong, code: '80300007' })?.cure ?? '', /client_id/);
    assert.match(meizuKind.interpret({ ...wrong, code: 'value 110002' })?.cure ?? '', /app_secret/);
  });

  it('has a cure for every refusal of a token endpoint', () => {
    for (const code of ['invalid_grant', 'invalid_client', 'unauthorized_client', 'invalid_scope', 'access_denied']) {
      for (const status of [400, 401, 403]) assert.ok(fcmKind.interpret({ status, code })?.cure, `${status} ${code}`);
    }
  });
});
