import assert from 'node:assert/strict';
import { STEP_REASONS } from '../../../src/domain/route.js';
import { messageRoute, unknownRoute } from '../../../src/usecases/message-route.js';

const ROADS = [
  { name: 'apns', nativeFor: ['ios'] },
  { name: 'fcm', nativeFor: ['android'] },
];
const OWN = [{ name: 'fcm_first', steps: [{ via: 'fcm' }, { via: 'apns' }] }];
const CONNECTED = [...ROADS, { name: 'realtime', nativeFor: [] }];
const DEFAULT = [{ via: 'native' }, { via: 'apns' }, { via: 'fcm' }];

describe('the route of a message', () => {
  it('is the house’s own where the file has no default', () => {
    assert.deepEqual(messageRoute(undefined, OWN, ROADS), { steps: DEFAULT });
    assert.deepEqual(messageRoute('default', OWN, ROADS), { name: 'default', steps: DEFAULT });
    assert.deepEqual(messageRoute('push_only', OWN, ROADS), { name: 'push_only', steps: DEFAULT });
  });

  it('is that of the file where it has one', () => {
    assert.deepEqual(messageRoute('fcm_first', OWN, ROADS), { name: 'fcm_first', steps: OWN[0]?.steps });
    const own = [{ name: 'default', steps: [{ via: 'apns' }] }];
    assert.deepEqual(messageRoute(undefined, own, ROADS), { steps: [{ via: 'apns' }] });
    assert.deepEqual(messageRoute('push_only', own, ROADS)?.steps, [{ via: 'apns' }]);
  });

  it('is none under a name that nobody gave, and what was meant is told', () => {
    assert.equal(messageRoute('fmc_first', OWN, ROADS), undefined);
    assert.match(unknownRoute('fmc_first', 'shop', OWN, ROADS).detail, /did you mean 'fcm_first'\?$/);
    assert.match(unknownRoute('zzz', 'shop', OWN, ROADS).detail, /there are: default, push_only, fcm_first$/);
    assert.match(unknownRoute('zzz', 'shop', [], CONNECTED).detail, /default, push_only, online_only, parallel$/);
  });

  it('begins with the connection where the app has that road', () => {
    const steps = [{ via: 'realtime' }, ...DEFAULT];
    assert.deepEqual(messageRoute(undefined, OWN, CONNECTED), { steps });
    assert.deepEqual(messageRoute('push_only', OWN, CONNECTED)?.steps, DEFAULT);
    assert.deepEqual(messageRoute('online_only', OWN, CONNECTED)?.steps, [{ via: 'realtime' }]);
  });

  it('over both at once does not wait for the connection, whatever the file says, and goes on however that ends', () => {
    const own = [
      {
        name: 'default',
        steps: [
          { via: 'realtime', waitMs: 3_000 },
          { via: 'native', after: ['offline' as const] },
        ],
      },
    ];
    for (const routes of [own, OWN]) {
      const [first, second] = messageRoute('parallel', routes, CONNECTED)?.steps ?? [];
      assert.deepEqual(first, { via: 'realtime', waitMs: 0 });
      assert.deepEqual(second, { via: 'native', after: STEP_REASONS });
    }
  });

  it('without the connection leads from what came before it to what came after it', () => {
    const own = [
      {
        name: 'default',
        steps: [
          { via: 'fcm' },
          { via: 'realtime', after: ['timeout' as const], waitMs: 3_000 },
          { via: 'apns', after: ['offline' as const, 'no_ack' as const] },
        ],
      },
    ];
    assert.deepEqual(messageRoute('push_only', own, CONNECTED)?.steps, [
      { via: 'fcm' },
      { via: 'apns', after: ['offline', 'no_ack', 'timeout'] },
    ]);
  });

  it('over connections is refused to an app that has none, with what to write', () => {
    for (const name of ['online_only', 'parallel']) {
      assert.equal(messageRoute(name, OWN, ROADS), undefined);
      const { code, detail } = unknownRoute(name, 'shop', OWN, ROADS);
      assert.equal(code, 'no_realtime');
      assert.match(detail, /add realtime: \{\} to config\/apps\/shop\.yaml$/);
    }
  });
});
