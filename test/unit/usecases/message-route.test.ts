import assert from 'node:assert/strict';
import { messageRoute, unknownRoute } from '../../../src/usecases/message-route.js';

const ROADS = [
  { name: 'apns', nativeFor: ['ios'] },
  { name: 'fcm', nativeFor: ['android'] },
];
const OWN = [{ name: 'fcm_first', steps: [{ via: 'fcm' }, { via: 'apns' }] }];
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
    assert.match(unknownRoute('fmc_first', OWN).detail, /did you mean 'fcm_first'\?$/);
    assert.match(unknownRoute('zzz', OWN).detail, /there are: default, push_only, fcm_first$/);
  });
});
