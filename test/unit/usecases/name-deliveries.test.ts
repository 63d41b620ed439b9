import assert from 'node:assert/strict';
import type { PushToken } from '../../../src/domain/outcome.js';
import { createNameDeliveries } from '../../../src/usecases/name-deliveries.js';

const NUL = String.fromCharCode(0);
const target = (message: string, pushToken: string) => ({ target: { message, pushToken: pushToken as PushToken } });

describe('which delivery a receipt is of', () => {
  const asked: unknown[] = [];
  const name = createNameDeliveries({
    hasher: { pushToken: (app, provider, token) => `${app}.${provider}.${token}` },
    vendorNames: {
      async find(_app, _provider, names) {
        asked.push([...names]);
        return new Map([['v1', { message: 'msg_1', key: 'phone1' }]]);
      },
      async findTargets(_app, _provider, targets) {
        asked.push([...targets]);
        return new Map([['msg_2|shop.oppo.t2', 'phone2']]);
      },
    },
  });

  it('is asked for in two calls, and a push token that nobody has registered is a bare one', async () => {
    const named = await name('shop', 'oppo', [
      { vendorId: 'v1' },
      { vendorId: 'v2', notificationId: 'v1' },
      target('msg_2', 't2'),
      target('msg_3', 't3'),
      { vendorId: 'v1', ...target('msg_2', 't2') },
      { notificationId: 'nobody' },
      {},
    ]);
    assert.deepEqual(named, [
      { message: 'msg_1', key: 'phone1' },
      { message: 'msg_1', key: 'phone1' },
      { message: 'msg_2', key: 'phone2' },
      { message: 'msg_3', key: '~shop.oppo.t3' },
      { message: 'msg_1', key: 'phone1' },
      undefined,
      undefined,
    ]);
    assert.equal(asked.length, 2);
  });

  it('is nobody’s where the name is text that no store takes', async () => {
    asked.length = 0;
    const odd = [`a${NUL}`, '\ud800'];
    const named = await name('shop', 'oppo', [
      ...odd.map((vendorId) => ({ vendorId })),
      ...odd.map((text) => target(text, text)),
    ]);
    assert.deepEqual([named, asked], [odd.concat(odd).map(() => undefined), [[], []]]);
  });
});
