import assert from 'node:assert/strict';
import { type AddressNotice, InvalidInputError, type PushToken } from '../../../providers/contract.js';
import type { NotificationsWord, Replacement } from '../../../src/ports/address-store.js';
import { createHeedNotices } from '../../../src/usecases/heed-notices.js';
import type { ConfiguredProvider } from '../../../src/usecases/provider-directory.js';

const token = (text: string) => text as PushToken;

/** Takes push tokens without commas. */
const oppo: ConfiguredProvider = {
  ...{ name: 'oppo', kind: 'oppo', nativeFor: [], check: () => [] },
  limits: { batchTargetsMax: 1, payloadBytesMax: 1, ttlSecondsMax: 1 },
  parsePushToken(raw) {
    if (String(raw).includes(',')) throw new InvalidInputError('one at a time');
    return token(String(raw));
  },
};

describe('what vendors say of addresses', () => {
  it('is carried out in a call for each kind, dated by the vendor but never ahead', async () => {
    const calls: [string, unknown][] = [];
    const heed = createHeedNotices({
      providers: { configured: () => [oppo] },
      hasher: { pushToken: (_app, _provider, text) => `#${text}` },
      retire: { apply: async (app, effects) => void calls.push([`retire ${app}`, effects]) },
      addresses: {
        replace: async (these: readonly Replacement[]) => {
          calls.push(['replace', these]);
          return these.map(({ to }) => (to.token === 'others' ? ('taken' as const) : ('replaced' as const)));
        },
        notifications: async (words: readonly NotificationsWord[]) => calls.push(['notifications', words]),
      },
    });
    const notices: AddressNotice[] = [
      { kind: 'unregistered', pushToken: token('dead'), code: `21${String.fromCharCode(0)}`.padEnd(99, 'x'), at: 40 },
      { kind: 'unregistered', pushToken: token('moved'), replacedBy: token('new'), at: 500 },
      { kind: 'notifications', pushToken: token('muted'), state: 'off' },
      { kind: 'unregistered', pushToken: token('silent'), replacedBy: token('somebody,everybody') },
    ];
    await heed('shop', 'oppo', notices, 100);
    const base = { app: 'shop', provider: 'oppo' };
    assert.deepEqual(calls, [
      ['replace', [{ ...base, tokenHash: '#moved', to: { token: 'new', tokenHash: '#new' }, asOf: 100 }]],
      [
        'retire shop',
        [
          { kind: 'retire', provider: 'oppo', tokenHash: '#dead', at: 40, vendorCode: '21'.padEnd(64, 'x') },
          { kind: 'retire', provider: 'oppo', tokenHash: '#silent', at: 100 },
        ],
      ],
      ['notifications', [{ ...base, tokenHash: '#muted', state: 'off', at: 100 }]],
    ]);
    calls.length = 0;
    // The same new address for many is somebody's mistake: what it would put out of use goes through the brake.
    const swept: AddressNotice[] = ['a', 'b'].map((each) => {
      return { kind: 'unregistered', pushToken: token(each), replacedBy: token('others'), code: '7', at: 40 };
    });
    await heed('shop', 'oppo', swept, 100);
    assert.deepEqual(calls[1], [
      'retire shop',
      ['#a', '#b'].map((tokenHash) => ({ kind: 'retire', provider: 'oppo', tokenHash, at: 40, vendorCode: '7' })),
    ]);
    calls.length = 0;
    await heed('shop', 'oppo', [], 100);
    assert.deepEqual(calls, [['retire shop', []]]);
  });
});
