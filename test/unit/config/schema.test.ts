import assert from 'node:assert/strict';
import { gatewayJsonSchema, gatewaySchema, gatewaySettings } from '../../../config/schema.js';
import { makeDataKey } from '../../../src/domain/data-key.js';

function faultsOf(group: string, key: string, value: unknown): readonly string[] {
  const parsed = gatewaySchema.safeParse({ [group]: { [key]: value } });
  return parsed.error?.issues.map((issue) => issue.message) ?? [];
}

describe('the settings of gateway.yaml', () => {
  it('each have a sentence, and a default unless they are secret', () => {
    const groups = Object.entries(gatewayJsonSchema().properties ?? {});
    assert.equal(groups.length, 15);
    for (const [name, group] of groups) {
      assert.match(group.description ?? '', /\.$/, name);
      for (const [key, setting] of Object.entries(group.properties ?? {})) {
        assert.match(setting.description ?? '', /\.$/, `${name}.${key}`);
        assert.equal(setting.default === undefined, setting.secret === true, `${name}.${key}`);
      }
    }
  });

  it('are two levels deep but for simulators, so that one double underscore names each of them', () => {
    for (const { key } of gatewaySettings()) assert.match(key, /^(?:[a-z_]+\.[a-z_]+|simulators)$/);
  });

  const good: readonly (readonly [string, string, unknown, unknown])[] = [
    ['server', 'listen', '0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
    ['server', 'listen', '[::]:65535', { host: '::', port: 65_535 }],
    ['server', 'listen', 'gateway.internal:80', { host: 'gateway.internal', port: 80 }],
    ['server', 'public_url', 'https://push.example/base/', 'https://push.example/base'],
    ['server', 'trusted_proxies', ['10.1.2.3', 'fd00::/8'], ['10.1.2.3', 'fd00::/8']],
    ['store', 'url', 'postgresql://u@h/d', { kind: 'postgres', url: 'postgresql://u@h/d' }],
    ...[
      'mongodb://h/d',
      'mongodb+srv://u:p@cluster.example/d',
      'mongodb://u:p%40@a:1,b:2,[::1]:3/d?replicaSet=rs0',
    ].map((url) => ['store', 'url', url, { kind: 'mongodb', url }] as const),
    ['brake', 'share', 1, 1],
  ];
  for (const [group, key, value, expected] of good) {
    it(`take ${group}.${key} ${JSON.stringify(value)}`, () => {
      const parsed = gatewaySchema.parse({ [group]: { [key]: value } });
      const settings = parsed as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      assert.deepEqual(settings[group]?.[key], expected);
    });
  }

  const bad: readonly (readonly [string, string, unknown, RegExp])[] = [
    ['server', 'listen', '8080', /must be host:port/],
    ['server', 'listen', ':8080', /must be host:port/],
    ['server', 'listen', '::1:8080', /must be host:port/],
    ['server', 'listen', '[1.2.3.4]:80', /must be host:port/],
    ['server', 'listen', '1.2.3:80', /must be host:port/],
    ['server', 'listen', 'h:65536', /must be host:port/],
    ['server', 'public_url', 'ftp://x', /must be an http:\/\/ or https:\/\/ URL/],
    ['server', 'public_url', 'https://u:p@x', /without user/],
    ['server', 'public_url', 'https://x?a=1', /without user, query/],
    ['server', 'trusted_proxies', ['10.0.0.0/8/8'], /must be an IP address/],
    ['server', 'trusted_proxies', ['fd00::/129'], /must be an IP address/],
    ['store', 'url', 'pglite:', /must be pglite:PATH/],
    ['store', 'url', './data', /must be pglite:PATH/],
    ['store', 'url', 'mongodb://h', /must name the database behind the host/],
    ['store', 'url', 'mongodb://u:p@h:1,h:2/?replicaSet=rs', /must name the database behind the host/],
    ['store', 'url', 'mongodb://h/a.b', /names a database that MongoDB does not take/],
    ['store', 'url', 'mongodb://h,/d', /must be mongodb:\/\/user/],
    ['store', 'url', 'mongodb:h/d', /must be mongodb:\/\/user/],
    ['store', 'url', 'mongodb+srv://h:27017/d', /mongodb\+srv:\/\/ and a name without a port/],
    ['store', 'url', 'mongodb://h/d?w=1', /must not set w: .*; leave it out/],
    ['store', 'url', 'mongodb://h/d?retryWrites=true&readPreference=secondary', /must not set readPreference/],
    ['queue', 'url', 'redis:', /must be store, .* or redis:/],
    ['queue', 'url', 'kafka://x', /must be store/],
    ['bus', 'url', 'memory', /must be memory:, .* or redis:/],
    ['bus', 'url', 'redis:', /must be memory:, .* or redis:/],
    ['limits', 'body', '65MB', /must be from 1KB to 64MB/],
    ['retry', 'base', '0s', /must be from 1ms to 1d/],
    ['brake', 'share', 0, /expected number to be >0/],
    ['security', 'data_key', '{}', /is not a data key\. .*"version" must be 1/],
  ];
  for (const [group, key, value, expected] of bad) {
    it(`refuse ${group}.${key} ${JSON.stringify(value)}`, () => {
      const faults = faultsOf(group, key, value);
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? '', expected);
    });
  }

  it('take a data key as the text of its file', () => {
    const text = makeDataKey((size) => new Uint8Array(size));
    assert.deepEqual(faultsOf('security', 'data_key', text), []);
  });

  it('take simulators: off, embedded, or the control port of a running simulate', () => {
    const read = (text: unknown) => gatewaySchema.safeParse({ simulators: text });
    assert.deepEqual(gatewaySchema.parse({}).simulators, { kind: 'off' });
    assert.deepEqual(read('embedded').data?.simulators, { kind: 'embedded' });
    const url = 'http://127.0.0.1:7700';
    assert.deepEqual(read(`${url}/`).data?.simulators, { kind: 'remote', url });
    for (const wrong of ['on', 'https://127.0.0.1:7700', `${url}/endpoints`, 'http://u:p@127.0.0.1:7700', '', false]) {
      assert.equal(read(wrong).success, false, String(wrong));
    }
  });
});
