import { createHash, generateKeyPairSync } from 'node:crypto';
import { apnsKind } from '../../providers/apns/kind.js';
import { ok, openRawServer, type RawRequest } from '../unit/providers/shared/raw-server.js';
import { type ProviderWorld, providerSuite } from './provider.suite.js';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });

function tokenOf(seed: string): string {
  return createHash('sha256').update(seed).digest('hex');
}

async function openApnsWorld(): Promise<ProviderWorld> {
  const dead = tokenOf('dead');
  const taken: string[] = [];
  const held: RawRequest[] = [];
  let isHolding = false;
  let onHeld: () => void = () => {};
  const firstHeld = new Promise<void>((resolve) => {
    onHeld = resolve;
  });
  const answer = (request: RawRequest) => {
    if (request.stream.destroyed) return;
    const token = request.headers[':path']?.slice('/3/device/'.length) ?? '';
    if (token === dead) {
      request.stream.respond({ ':status': 410 });
      request.stream.end(JSON.stringify({ reason: 'Unregistered', timestamp: 1_700_000_000_000 }));
      return;
    }
    taken.push(token);
    ok(request);
  };
  const server = await openRawServer((request) => {
    if (!isHolding) {
      answer(request);
      return;
    }
    held.push(request);
    onHeld();
  });
  return {
    kind: apnsKind,
    open: (env) =>
      apnsKind.open(
        {
          key: key.toString(),
          key_id: 'ABC123DEFG',
          team_id: 'DEF123GHIJ',
          bundle_id: 'com.shop',
          endpoints: { production: server.origin },
          ca: server.ca,
        },
        env,
      ),
    goodToken: (at) => tokenOf(`good ${at}`).toUpperCase(),
    deadToken: () => dead,
    badTokens: ['not hexadecimal', 'abc', `${dead}0`],
    hold: () => {
      isHolding = true;
    },
    held: () => firstHeld,
    release: () => {
      isHolding = false;
      for (const request of held.splice(0)) answer(request);
    },
    vanish: () => server.close(),
    taken: () => taken,
    close: () => server.close(),
  };
}

providerSuite('APNs', openApnsWorld);
