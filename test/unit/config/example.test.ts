import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { renderAppExample, renderGatewayExample, renderGatewaySchema } from '../../../config/example.js';
import { gatewaySchema } from '../../../config/schema.js';
import { VENDOR_KINDS } from '../../../providers/catalogue.js';
import { KINDS, openWorkspace } from './workspace.js';

/** Tests run in the root of the checkout, where `npm` starts them. */
const EXAMPLES: readonly (readonly [string, string, string])[] = [
  ['config/gateway.example.yaml', 'example gateway', renderGatewayExample()],
  ['config/app.example.yaml', 'example app', renderAppExample(VENDOR_KINDS)],
  ['config/gateway.schema.json', 'schema', renderGatewaySchema()],
];

describe('the example files', () => {
  for (const [file, command, rendered] of EXAMPLES) {
    it(`${file} says what the schemas say`, async () => {
      const again = `to write it anew: npm run build && node dist/src/main.js config ${command} > ${file}`;
      assert.equal(await readFile(file, 'utf8'), rendered, again);
    });
  }

  it('gateway.example.yaml is the defaults, to the letter', () => {
    const written = parse(renderGatewayExample());
    assert.deepEqual(gatewaySchema.parse({ ...written, security: {} }), gatewaySchema.parse({}));
    assert.equal(written.security, null);
    assert.deepEqual(Object.keys(written), Object.keys(gatewaySchema.shape));
  });

  it('gateway.example.yaml can be loaded as it stands', async () => {
    const space = await openWorkspace();
    try {
      await space.write('config/gateway.yaml', renderGatewayExample());
      assert.deepEqual(await space.faults(), []);
    } finally {
      await space.remove();
    }
  });

  it('gateway.container.yaml listens to the outside and keeps its data in the volume', async () => {
    const space = await openWorkspace();
    try {
      await space.write('config/gateway.yaml', await readFile('config/gateway.container.yaml', 'utf8'));
      const { server, store } = await space.load();
      assert.deepEqual([server.listen.host, server.admin.host], ['0.0.0.0', '0.0.0.0']);
      assert.deepEqual(store.url, { kind: 'pglite', dir: '/var/lib/pealbell' });
    } finally {
      await space.remove();
    }
  });

  it('the app example writes out what is needed and comments out the rest', () => {
    assert.deepEqual(parse(renderAppExample(KINDS)).providers, {
      apns: { key: '${file:/run/secrets/apns-key}', key_id: 'KEY_ID' },
      webpush: { subject: 'SUBJECT' },
    });
    assert.match(renderAppExample(KINDS), /^ {4}# environment: production$/m);
    assert.match(renderAppExample(KINDS), /^ {4}# ttl: TTL$/m);
  });
});
