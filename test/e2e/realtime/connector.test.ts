import assert from 'node:assert/strict';
import { openRealtimeScene, type RealtimeScene } from './scene.js';

describe('connector: connections of devices over WebSocket', function () {
  this.timeout(60_000);
  let scene: RealtimeScene;
  before(async () => {
    scene = await openRealtimeScene();
  });
  after(() => scene?.close());

  it('welcomes a device, and brings it a message within its window', async () => {
    await scene.register(['d1'], () => 'ann');
    const client = await scene.connect('d1', {}, { sub: 'ann' });
    const [welcome] = client.all('welcome');
    assert.equal(welcome?.device, 'd1');
    assert.equal(welcome?.user, 'ann');
    assert.equal(welcome?.resumed, false);
    assert.equal(welcome?.ping_ms, 240_000);
    assert.equal(welcome?.max_in_flight, 32);
    const id = await scene.send('d1', 'one');
    const push = await client.next('push');
    assert.equal(push.id, id);
    assert.equal(push.seq, 1);
    client.say({ t: 'got', seq: 1 });
    client.say({ t: 'done', ids: [id] });
    client.cut();
  });
});
