import assert from 'node:assert/strict';
import { checkProcesses, checkRoles, parseProcesses, parseRoles, ROLES } from '../../../config/roles.js';

const embedded = {
  store: { url: { kind: 'pglite', dir: '/d' } },
  queue: { url: { kind: 'store' } },
  bus: { url: { kind: 'memory' } },
  security: {},
  simulators: { kind: 'off' },
} as const;
const server = {
  store: { url: { kind: 'postgres', url: 'postgres://h/d' } },
  queue: { url: { kind: 'store' } },
  bus: { url: { kind: 'memory' } },
  security: { data_key: '{}' },
  simulators: { kind: 'off' },
} as const;

const mongo = { ...server, store: { url: { kind: 'mongodb', url: 'mongodb://h/d' } } } as const;

describe('roles of a process', () => {
  it('may be split over MongoDB, whose queue is on Redis', () => {
    const redis = { url: { kind: 'redis', url: 'redis://h' } } as const;
    const split = { ...mongo, queue: redis, bus: redis };
    for (const roles of [['api'], ['worker'], ['connector'], ROLES] as const)
      assert.deepEqual(checkRoles(split, roles), []);
    assert.deepEqual(checkRoles({ ...mongo, queue: redis }, ROLES), []);
    assert.match(checkRoles(mongo, ROLES).join(), /cannot hold the queue: set queue\.url to a Redis server/);
    assert.match(checkRoles({ ...split, security: {} }, ROLES).join(), /set security\.data_key to/);
  });

  it('may be split over a Postgres server, not over an embedded store', () => {
    assert.deepEqual(checkRoles(embedded, ROLES), []);
    assert.deepEqual(checkRoles(server, ['api']), []);
    assert.deepEqual(checkRoles(server, ['worker']), []);
    const [reason, ...more] = checkRoles(embedded, ['api']);
    assert.equal(more.length, 0);
    assert.match(reason ?? '', /must also take the role worker: leave --role out, or set store\.url to a Postgres/);
    assert.deepEqual(checkRoles(embedded, ['api', 'worker']), []);
  });

  it('may have their queue on Redis beside a Postgres server only', () => {
    const queue = { url: { kind: 'redis', url: 'redis://h' } } as const;
    assert.deepEqual(checkRoles({ ...server, queue }, ROLES), []);
    assert.match(
      checkRoles({ ...embedded, queue }, ROLES).join(),
      /set queue\.url to store, or store\.url to a Postgres/,
    );
  });

  it('stay in one process where devices connect while the bus is in its memory', () => {
    const withRoad = { ...server, apps: [{ id: 'news' }, { id: 'shop', realtime: {} }] };
    assert.deepEqual(checkRoles(withRoad, ROLES), []);
    for (const roles of [['api'], ['api', 'worker'], ['connector']] as const) {
      assert.match(
        checkRoles(withRoad, roles).join(),
        /\(the app shop has a realtime section\), which must also take the role [a-z ]+: leave --role out, or set bus\.url to a Redis server/,
      );
    }
    const withoutRoad = { ...server, apps: [{ id: 'news' }] };
    assert.deepEqual(checkRoles(withoutRoad, ['api', 'worker']), []);
    assert.match(
      checkRoles(withoutRoad, ['connector', 'api'])[0] ?? '',
      /one process, which must also take the role worker/,
    );
  });

  it('may be split where devices connect with a bus on Redis, beside a Postgres server only', () => {
    const bus = { url: { kind: 'redis', url: 'redis://h' } } as const;
    const withRoad = { ...server, bus, apps: [{ id: 'shop', realtime: {} }] };
    for (const roles of [['api'], ['worker'], ['connector'], ROLES] as const)
      assert.deepEqual(checkRoles(withRoad, roles), []);
    assert.match(
      checkRoles({ ...embedded, bus }, ROLES).join(),
      /set bus\.url to memory:, or store\.url to a Postgres/,
    );
  });

  it('may be taken by several processes of a machine, each with all of them', () => {
    const redis = { url: { kind: 'redis', url: 'redis://h' } } as const;
    assert.deepEqual(checkProcesses(embedded, ROLES, 1), []);
    assert.match(
      checkProcesses(embedded, ROLES, 2).join(),
      /leave --processes out, or set store\.url to a Postgres server/,
    );
    assert.match(
      checkProcesses(server, ROLES, 2).join(),
      /set bus\.url to a Redis server .* or, where no device connects, take --role/,
    );
    assert.deepEqual(checkProcesses(server, ['api', 'worker'], 2), []);
    const withRoad = { ...server, apps: [{ id: 'shop', realtime: {} }] };
    assert.match(checkProcesses(withRoad, ['api', 'worker'], 2).join(), /the app shop has a realtime section/);
    assert.deepEqual(checkProcesses({ ...withRoad, bus: redis }, ROLES, 4), []);
    const simulated = { ...server, bus: redis, simulators: { kind: 'embedded' } } as const;
    assert.match(checkProcesses(simulated, ROLES, 2).join(), /Embedded simulators are in one process/);
  });

  it('are taken by as many processes as are named, or one for each core', () => {
    assert.equal(parseProcesses('4', 2), 4);
    assert.equal(parseProcesses('auto', 2), 2);
    for (const text of ['0', '65', '1.5', '', 'all', '-1'])
      assert.match(String(parseProcesses(text, 2)), /takes a number from 1 to 64/, text);
  });

  it('need a shared data key with a store that is shared', () => {
    const [reason] = checkRoles({ ...server, security: {} }, ROLES);
    assert.match(reason ?? '', /set security\.data_key to "\$\{file:data\.key\}"/);
  });

  it('stay in one process with embedded simulators, which know only their own subscriptions', () => {
    const simulated = { ...server, simulators: { kind: 'embedded' } } as const;
    assert.deepEqual(checkRoles(simulated, ROLES), []);
    assert.match(checkRoles(simulated, ['api'])[0] ?? '', /take the role worker: run `pealbell simulate` beside/);
    const remote = { ...server, simulators: { kind: 'remote', url: 'http://127.0.0.1:7700' } } as const;
    assert.deepEqual(checkRoles(remote, ['api']), []);
  });

  it('are read from the command line in any order, or refused with the choices', () => {
    assert.deepEqual(parseRoles('all'), ROLES);
    assert.deepEqual(parseRoles('worker, api,worker'), ['api', 'worker']);
    assert.equal(parseRoles('api,all'), 'all stands for every role: name it alone.');
    assert.equal(parseRoles('apis'), '--role takes api, worker, connector or all, joined by commas.');
    assert.equal(parseRoles(''), '--role takes api, worker, connector or all, joined by commas.');
    assert.deepEqual(parseRoles('connector'), ['connector']);
  });
});
