import assert from 'node:assert/strict';
import { openWorkspace, type Workspace } from './workspace.js';

const PROVIDERS = 'providers:\n  apns: { key: k, key_id: x }\n  web: { kind: webpush, subject: s }\n';

describe('the routes of an app', () => {
  let space: Workspace;
  beforeEach(async () => {
    space = await openWorkspace();
  });
  afterEach(() => space.remove());
  const write = (routes: string) => space.write('config/apps/shop.yaml', PROVIDERS + routes);

  it('are lists of steps, over the native road or a provider of the app', async () => {
    await write(
      'routes:\n  default: [{ via: native }, { via: web, after: [token_invalid, timeout] }]\n  web_only: [{ via: web }]\n' +
        '  usual: [{ via: web }, { via: native }]\n',
    );
    const { apps } = await space.load();
    assert.deepEqual(apps[0]?.routes, [
      { name: 'default', steps: [{ via: 'native' }, { via: 'web', after: ['token_invalid', 'timeout'] }] },
      { name: 'web_only', steps: [{ via: 'web' }] },
      { name: 'usual', steps: [{ via: 'web' }, { via: 'native' }] },
    ]);
  });

  it('have every fault named with its line and what to do', async () => {
    await write(
      [
        'routes:',
        '  a: [{ via: nativ }, { via: fcm, after: [token_invlid, expired, uncertain, no_receipt] }]',
        '  b: [{ via: realtime, wait: 8s }, { via: web }]',
        '  c: [{ via: apns, after: [timeout] }, { via: apns }, { via: web, after: [] }]',
        '  d: []',
        '  e: [native, { after: [timeout], vai: web }]',
        '  push_only: [{ via: web }]',
        '  f: [{ via: web }, {}, {}, {}, {}, {}, {}, {}, {}]',
        '',
      ].join('\n'),
    );
    const reasons =
      'no_registration, token_invalid, token_wrong_app, payload_rejected, payload_too_large, rate_limited, quota_exceeded, provider_unavailable, credential_rejected, timeout, offline, no_ack';
    assert.deepEqual(
      (await space.faults()).map((line) => line.replace('config/apps/shop.yaml:', '')),
      [
        '5:14 routes.a.0.via: must be native or a provider of this app. Did you mean native?',
        '5:30 routes.a.1.via: must be native or a provider of this app. There are: native, apns, web.',
        `5:43 routes.a.1.after.0: must be one of ${reasons}. Did you mean token_invalid?`,
        `5:57 routes.a.1.after.1: must be a reason with which a road ends: one of ${reasons}.`,
        '5:66 routes.a.1.after.2: cannot be uncertain: what may have arrived would be shown twice. Messages decide with delivery.on_uncertain.',
        '5:77 routes.a.1.after.3: is not part of this version yet. Remove it.',
        '6:14 routes.b.0.via: cannot be realtime: the app has no connections of its own. Add realtime: {} to this file, or remove the step.',
        '7:20 routes.c.0.after: has nothing to come after. Remove it: the first step is always tried.',
        '7:47 routes.c.1.via: stands in this route twice. Keep one.',
        '7:74 routes.c.2.after: must be a list of reasons, such as [token_invalid]. Without it the usual ones count.',
        '8:6 routes.d: must be a list of steps, such as [{ via: native }].',
        '9:7 routes.e.0: must be a step, such as { via: native }.',
        '9:15 routes.e.1.via: is missing. There are: native, apns, web.',
        '9:35 routes.e.1.vai: is not a setting. Did you mean via?',
        '10:3 routes.push_only: is a word with a meaning of its own. Choose another name.',
        '11:6 routes.f: must have at most 8 steps.',
      ],
    );
  });

  it('lead over the connection where the app has one, with its own time to wait for the answer', async () => {
    await write(
      'realtime: {}\nroutes:\n  default: [{ via: realtime, wait: 8s }, { via: native, after: [offline, no_ack] }]\n  r: [{ via: realtime }]\n',
    );
    const { apps } = await space.load();
    assert.deepEqual(apps[0]?.routes, [
      {
        name: 'default',
        steps: [
          { via: 'realtime', waitMs: 8_000 },
          { via: 'native', after: ['offline', 'no_ack'] },
        ],
      },
      { name: 'r', steps: [{ via: 'realtime' }] },
    ]);
  });

  it('wait for nobody else, and no shorter or longer than a message may', async () => {
    const waits = ['0s', '61s', 'soon', '8'].map((wait, n) => `  r${n}: [{ via: realtime, wait: ${wait} }]`);
    await write(['realtime: {}', 'routes:', '  v: [{ via: web, wait: 8s }]', ...waits, ''].join('\n'));
    assert.deepEqual(
      (await space.faults()).map((line) => line.replace('config/apps/shop.yaml:', '')),
      [
        '6:19 routes.v.0.wait: is only for the step via realtime: no other road answers for the device. Remove it.',
        ...waits.map((_, n) => `${n + 7}:31 routes.r${n}.0.wait: must be a duration from 1s to 60s, such as 8s.`),
      ],
    );
  });

  it('are refused where there is no group of them', async () => {
    await write('routes: [native]\n');
    assert.deepEqual(await space.faults(), ['config/apps/shop.yaml:4:9 routes: must be a group of routes by name.']);
  });
});
