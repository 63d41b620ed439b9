import assert from 'node:assert/strict';
import { parseRedisUrl, redisName } from '../../../src/domain/redis-location.js';

describe('the URL of a Redis', () => {
  const reads = (url: string, location: object) =>
    it(url, () => assert.deepEqual(parseRedisUrl(url), { isSecure: false, ...location }));

  reads('redis://127.0.0.1', { mode: 'single', server: { host: '127.0.0.1', port: 6379 }, database: 0 });
  reads('redis://[::1]:7000/3', { mode: 'single', server: { host: '::1', port: 7000 }, database: 3 });
  reads('rediss://u:p%40ss@redis.internal:6380', {
    ...{ isSecure: true, username: 'u', password: 'p@ss', mode: 'single', database: 0 },
    server: { host: 'redis.internal', port: 6380 },
  });
  reads('redis://:secret@h', { password: 'secret', mode: 'single', server: { host: 'h', port: 6379 }, database: 0 });
  reads('redis+sentinel://a,b:26380/mymaster/2?sentinel_password=s%26', {
    mode: 'sentinel',
    sentinels: [
      { host: 'a', port: 26379 },
      { host: 'b', port: 26380 },
    ],
    ...{ name: 'mymaster', database: 2, sentinelPassword: 's&' },
  });
  reads('rediss+cluster://u:p@a:7000,b:7001', {
    ...{ isSecure: true, username: 'u', password: 'p', mode: 'cluster' },
    nodes: [
      { host: 'a', port: 7000 },
      { host: 'b', port: 7001 },
    ],
  });

  for (const [url, fault] of [
    ['http://h', /^must be redis:\/\//],
    ['redis://', /which is no host/],
    ['redis://h:99999', /which is no host/],
    ['redis://h:0', /which is no host/],
    ['redis://a,b', /say whether they are redis\+sentinel/],
    ['redis://h/db', /no number of a database/],
    ['redis+sentinel://a,b', /needs the name that its Sentinels watch/],
    ['redis+sentinel://a/name/x', /no number of a database/],
    ['redis+cluster://a,b/1', /of which a cluster has none/],
    ['redis://%zz@h', /not percent-encoded/],
    ['redis+cluster://a,,b', /which is no host/],
  ] as const) {
    it(`${url} is refused`, () => {
      const told = parseRedisUrl(url);
      assert.ok(typeof told === 'string');
      assert.match(told, fault);
    });
  }

  it('is named to people without its secrets', () => {
    const nameOf = (url: string) => {
      const location = parseRedisUrl(url);
      assert.ok(typeof location !== 'string');
      return redisName(location);
    };
    assert.equal(nameOf('redis://u:secret@h'), 'h:6379');
    assert.equal(nameOf('redis+cluster://u:secret@a:1,b:2'), 'the cluster of a:1, b:2');
    assert.equal(nameOf('redis+sentinel://:secret@a/bell'), "'bell' of the Sentinels a:26379");
  });
});
