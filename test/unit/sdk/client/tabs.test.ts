import assert from 'node:assert/strict';
import {
  createRealtime,
  memoryStorage,
  type Realtime,
  type RealtimeStorage,
} from '../../../../sdk/client/src/index.js';
import { eventually, onceOnline, record, type Seen } from '../../../contract/realtime-client/client.suite.js';
import { type ScriptedRealtime, scriptedToken, startScriptedRealtime } from '../../../support/scripted-realtime.js';
import { createFakeLocks, type FakeTab, openFakeTab } from '../../../support/tab-platform.js';

interface Tab {
  readonly client: Realtime;
  readonly platform: FakeTab;
  close(): void;
}

describe('the tabs of one browser', () => {
  let gateway: ScriptedRealtime;
  let storage: RealtimeStorage;
  let locks: ReturnType<typeof createFakeLocks>;
  let browsers = 0;
  let device = '';
  const open: Tab[] = [];

  before(async () => {
    gateway = await startScriptedRealtime();
  });
  beforeEach(() => {
    browsers += 1;
    device = `b${browsers}`;
    storage = memoryStorage();
    locks = createFakeLocks();
  });
  afterEach(() => {
    for (const tab of open.splice(0)) tab.close();
  });
  after(() => gateway.close());

  function openTab(): Tab {
    const platform = openFakeTab(device, locks);
    const client = createRealtime({
      ...{ url: gateway.url, token: scriptedToken({ device }), storage, transports: ['websocket'] },
      ...{ random: () => Math.random() / 10 },
      ...platform,
    });
    const tab = { client, platform, close: () => client.close() };
    open.push(tab);
    return tab;
  }
  const connections = () => gateway.opened.filter((one) => one.device === device).length;
  const dones = () =>
    gateway.heard.flatMap((one) =>
      one.device === device && one.frame.t === 'done' ? (one.frame.ids as string[]) : [],
    );
  async function openThree(): Promise<readonly [Tab, Seen][]> {
    const tabs: [Tab, Seen][] = [];
    for (let i = 0; i < 3; i += 1) {
      const tab = openTab();
      const seen = record(tab.client);
      await seen.state('online');
      tabs.push([tab, seen]);
    }
    return tabs;
  }

  it('share one connection: handlers run in each, done is said once', async () => {
    const tabs = await openThree();
    for (let i = 1; i <= 5; i += 1) gateway.send(device, `m${i}`);
    for (const [, seen] of tabs) {
      await seen.count(5);
      assert.deepEqual(seen.ids, ['m1', 'm2', 'm3', 'm4', 'm5']);
    }
    await eventually(() => gateway.waiting(device).length === 0);
    assert.deepEqual([connections(), dones()], [1, ['m1', 'm2', 'm3', 'm4', 'm5']]);
  });

  it('wait for each other before done is said', async () => {
    const first = openTab();
    record(first.client);
    await onceOnline(first.client);
    const second = openTab();
    let finish = () => {};
    const began = new Promise<void>((resolve) => {
      second.client.on('message', () => {
        resolve();
        return new Promise<void>((end) => {
          finish = end;
        });
      });
    });
    second.client.connect();
    await onceOnline(second.client);
    gateway.send(device, 'slow');
    await began;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(dones(), []);
    finish();
    await eventually(() => dones().length === 1);
  });

  it('go on in another tab when the one with the connection dies, and hand nothing over twice', async () => {
    const [[first, seenFirst], [second, seenSecond], [, seenThird]] = (await openThree()) as [
      [Tab, Seen],
      [Tab, Seen],
      [Tab, Seen],
    ];
    gateway.swallow = ({ t }) => t === 'done';
    gateway.send(device, 'm1');
    for (const seen of [seenFirst, seenSecond, seenThird]) await seen.count(1);
    await eventually(() => dones().length === 1);
    first.platform.die();
    gateway.swallow = () => false;
    gateway.send(device, 'm2');
    for (const seen of [seenSecond, seenThird]) {
      await seen.count(2);
      assert.deepEqual(seen.ids, ['m1', 'm2']);
    }
    await eventually(() => gateway.waiting(device).length === 0);
    assert.deepEqual(seenFirst.ids, ['m1']);
    assert.equal(connections(), 2);
    second.close();
    gateway.send(device, 'm3');
    await seenThird.count(3);
  });

  it('hand over what the dead tab had only begun', async () => {
    const first = openTab();
    const began = new Promise<void>((resolve) => {
      first.client.on('message', () => {
        resolve();
        return new Promise(() => {});
      });
    });
    first.client.connect();
    await onceOnline(first.client);
    const second = openTab();
    second.client.connect();
    await onceOnline(second.client);
    gateway.send(device, 'm1');
    await began;
    first.platform.die();
    const seen = record(second.client);
    await seen.count(1);
    await eventually(() => gateway.waiting(device).length === 0);
    assert.deepEqual(seen.ids, ['m1']);
  });

  it('keep messages until a tab wants them', async () => {
    const first = openTab();
    first.client.connect();
    await onceOnline(first.client);
    const second = openTab();
    second.client.connect();
    await onceOnline(second.client);
    gateway.send(device, 'm1');
    await eventually(() => gateway.heard.some((one) => one.device === device && one.frame.t === 'got'));
    const seen = record(second.client);
    await seen.count(1);
    await eventually(() => dones().length === 1);
  });

  it('send through the one with the connection, once each, even when it dies', async () => {
    const [[first], [second], [third]] = (await openThree()) as [[Tab, Seen], [Tab, Seen], [Tab, Seen]];
    assert.deepEqual(await second.client.send('chat', { i: 1 }), { kind: 'safe' });
    gateway.swallow = ({ t }) => t === 'up';
    const lost = third.client.send('chat', { i: 2 });
    await eventually(() =>
      gateway.heard.some(({ frame }) => frame.t === 'up' && (frame.data as { i: number }).i === 2),
    );
    first.platform.die();
    gateway.swallow = () => false;
    const late = second.client.opened('m1', 'track');
    assert.deepEqual(await Promise.all([lost, late]), [{ kind: 'safe' }, { kind: 'safe' }]);
    const kept = gateway.kept.filter((one) => one.device === device).map(({ frame }) => frame.data ?? frame.action);
    assert.deepEqual(kept, [{ i: 1 }, { i: 2 }, 'track']);
  });

  it('tell each tab of clears, gaps and states', async () => {
    const tabs = await openThree();
    const told: string[][] = [];
    for (const [{ client }] of tabs) {
      const mine: string[] = [];
      told.push(mine);
      client.on('clear', ({ tags }) => mine.push(`clear ${tags.join()}`));
      client.on('gap', ({ count }) => mine.push(`gap ${count}`));
    }
    gateway.tell(device, { t: 'clear', ids: ['m1'], tags: ['m1'], reason: 'recalled' });
    gateway.tell(device, { t: 'gap', count: 3, reason: 'mailbox_full', cursor: 'c1' });
    await eventually(() => told.every(({ length }) => length === 2));
    gateway.bye(device, 4509, 'replaced');
    for (const [{ client }, seen] of tabs) {
      await seen.state('stopped');
      assert.deepEqual(client.state, { kind: 'stopped', code: 4509, why: 'replaced' });
    }
    tabs[2]?.[0].client.connect();
    for (const [, seen] of tabs) await seen.state('online');
  });
});
