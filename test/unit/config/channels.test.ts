import assert from 'node:assert/strict';
import { VENDOR_KINDS } from '../../../providers/catalogue.js';
import { KINDS, openWorkspace, type Workspace } from './workspace.js';

/** The test's own options, with what the real kinds say of channels. */
const WITH_CHANNELS = KINDS.map((kind) => {
  const channel = VENDOR_KINDS.find(({ name }) => name === kind.name)?.channel;
  return channel === undefined ? kind : { ...kind, channel };
});
const PROVIDERS = 'providers:\n  apns: { key: k, key_id: x }\n  tv: { kind: apns, key: k, key_id: x }\n';

describe('the channels of an app', () => {
  let space: Workspace;
  beforeEach(async () => {
    space = await openWorkspace();
  });
  afterEach(() => space.remove());

  const write = (channels: string) => space.write('config/apps/shop.yaml', `${PROVIDERS}channels:\n${channels}`);
  const faults = () => space.faults({ kinds: WITH_CHANNELS });

  it('carry what all share, and each provider its own entry before that of its kind', async () => {
    await write(
      [
        '  orders:',
        '    class: transactional',
        '    ttl: 8h',
        '    priority: low',
        '    sound: ding',
        '    apns: { interruption_level: time-sensitive, category: ORDER }',
        '    tv: { relevance_score: 0.5 }',
        '  quiet:',
        '',
      ].join('\n'),
    );
    const { apps } = await space.load({ kinds: WITH_CHANNELS });
    assert.deepEqual(apps[0]?.channels, [
      {
        name: 'orders',
        class: 'transactional',
        ttlSeconds: 28_800,
        priority: 'low',
        sound: 'ding',
        settings: {
          apns: { interruption_level: 'time-sensitive', category: 'ORDER' },
          tv: { relevance_score: 0.5 },
        },
      },
      { name: 'quiet', settings: {} },
    ]);
  });

  it('gives the entry of a kind to every provider of it', async () => {
    await write('  orders: { apns: { category: A } }\n');
    const { apps } = await space.load({ kinds: WITH_CHANNELS });
    assert.deepEqual(apps[0]?.channels[0]?.settings, { apns: { category: 'A' }, tv: { category: 'A' } });
  });

  it('have every fault named with its line and what was meant', async () => {
    await write(
      [
        '  orders:',
        '    clas: marketing',
        '    ttl: 90 days',
        '    apns: { interruption_level: loud, catgory: X, relevance_score: 2 }',
        '    fcm: { channel_id: x }',
        '  " x": {}',
        '  list: []',
        '',
      ].join('\n'),
    );
    assert.deepEqual(await faults(), [
      'config/apps/shop.yaml:6:5 channels.orders.clas: is not a setting. Did you mean class?',
      'config/apps/shop.yaml:7:10 channels.orders.ttl: must be a duration in whole seconds, at most 30d, such as 90s or 8h.',
      'config/apps/shop.yaml:8:33 channels.orders.apns.interruption_level: must be one of passive, active, time-sensitive, critical.',
      'config/apps/shop.yaml:8:39 channels.orders.apns.catgory: is not a setting. Did you mean category?',
      'config/apps/shop.yaml:8:68 channels.orders.apns.relevance_score: must be at most 1.',
      'config/apps/shop.yaml:9:5 channels.orders.fcm: is not a setting. Known here: apns, tv, class, ttl, priority, sound.',
      'config/apps/shop.yaml:10:3 channels. x: must be a name of letters, digits, dots, - and _, at most 64 characters.',
      'config/apps/shop.yaml:11:9 channels.list: must be a group of settings.',
    ]);
  });

  it('are refused where there is no group of them, or a kind takes nothing from them', async () => {
    await write('  - orders\n');
    assert.deepEqual(await faults(), ['config/apps/shop.yaml:5:3 channels: must be a group of channels by name.']);
    await write('  orders: { apns: {} }\n');
    assert.deepEqual(await space.faults({ kinds: KINDS }), [
      'config/apps/shop.yaml:5:13 channels.orders.apns: is of kind apns, which takes nothing from channels. Remove it.',
    ]);
  });
});
