import assert from 'node:assert/strict';
import type { PushToken } from '../../../src/domain/outcome.js';
import { bareTarget, type OpenedStore, Scene } from './scene.js';

/** Push tokens and content never lie open: reliability L2, L3. */
export function sealedSuite(get: () => OpenedStore): void {
  describe('at rest', () => {
    it('nothing that is stored shows a push token or content, in plain, in base64 or in hex', async () => {
      const opened = get();
      const { messages, devices, chunks, hasher } = opened;
      const scene = new Scene();
      const canaries = {
        bare: 'bare-token-canary-0123456789',
        registered: 'registered-token-canary-012345',
        moved: 'replaced-token-canary-0123456',
        title: 'title-canary-0123456789',
        data: 'data-canary-01234567890',
        override: 'override-canary-01234567',
        audience: 'audience-token-canary-01234',
      };
      const target = bareTarget(opened, scene.app, 'apns', canaries.bare);
      const inAudience = bareTarget(opened, scene.app, 'apns', canaries.audience).bare;
      assert.ok(inAudience);
      const content = {
        notification: { title: canaries.title },
        data: { secret: canaries.data },
        overrides: { apns: { aps: { alert: canaries.override } } },
      };
      const audience = {
        users: [],
        devices: [],
        pushTokens: [inAudience],
        everyone: true,
        exceptUsers: [],
        exceptDevices: [],
      };
      await messages.accept(
        [
          scene.message({ chunks: [['apns', [target, 'd1']]], content, metadata: { seen: 'metadata-lies-open' } }),
          scene.message({ planned: false, content: { ...content, audience } }),
        ],
        scene.now,
      );
      for (const token of [canaries.moved, canaries.registered]) {
        const change = {
          app: scene.app,
          id: 'd1',
          mode: 'upsert',
          fields: { platform: 'ios', user: 'ann' },
          registrations: [
            {
              provider: 'apns',
              environment: 'production',
              purpose: 'alert',
              token: token as PushToken,
              tokenHash: hasher.pushToken(scene.app, 'apns', token as PushToken),
            },
          ],
        } as const;
        await devices.change([change], scene.now);
      }
      await chunks.feed('transactional', 10, scene.now, scene.now + 1);
      const stored = await opened.everythingStored();
      assert.ok(stored.includes('metadata-lies-open'), 'what lies open is found, so what is not found is sealed');
      for (const [name, text] of Object.entries(canaries)) {
        const forms = [text, Buffer.from(text).toString('hex')];
        // Base64 depends on where the text begins; what stands for its inside is the same.
        for (let shift = 0; shift < 3; shift++) {
          forms.push(
            Buffer.from(' '.repeat(shift) + text)
              .toString('base64')
              .slice(4, -4),
          );
        }
        for (const form of forms) assert.ok(!stored.includes(form), `${name} as ${form}`);
      }
      const addresses = await devices.addresses([{ app: scene.app, device: 'd1' }]);
      assert.equal(addresses.get(`${scene.app}|d1`)?.registrations[0]?.token, canaries.registered);
    });

    it('a push token does not open with another data key, and a device is shown without opening it', async () => {
      const opened = get();
      const scene = new Scene();
      const wrong = opened.withDataKey({
        version: 1,
        hashKey: new Uint8Array(32),
        current: 'k1',
        keys: new Map([['k1', new Uint8Array(32).fill(1)]]),
      });
      const token = 'sealed with one key' as PushToken;
      const registration = {
        provider: 'apns',
        environment: 'production',
        purpose: 'alert',
        token,
        tokenHash: opened.hasher.pushToken(scene.app, 'apns', token),
      } as const;
      await opened.devices.change(
        [{ app: scene.app, id: 'd', mode: 'upsert', fields: { platform: 'ios' }, registrations: [registration] }],
        scene.now,
      );
      await assert.rejects(wrong.devices.addresses([{ app: scene.app, device: 'd' }]), { code: 'store_corrupt' });
      assert.equal(
        (await wrong.devices.get(scene.app, 'd'))?.registrations.length,
        1,
        'nothing is opened to be listed',
      );
    });
  });
}
