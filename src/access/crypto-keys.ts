import { webcrypto } from 'node:crypto';
import type { AccessKey } from '../domain/realtime.js';

/** A key as the engine holds it. */
export type EngineKey = webcrypto.CryptoKey;
export type CryptoKeys = (key: AccessKey) => Promise<EngineKey>;

/** Imports each key once, for as long as its settings are in use: importing costs as much as verifying. */
export function createCryptoKeys(): CryptoKeys {
  const imported = new WeakMap<AccessKey, Promise<EngineKey>>();
  return (key) => {
    let promise = imported.get(key);
    if (promise === undefined) {
      promise = importKey(key);
      imported.set(key, promise);
    }
    return promise;
  };
}

function importKey(key: AccessKey): Promise<EngineKey> {
  const { subtle } = webcrypto;
  switch (key.algorithm) {
    case 'HS256':
      return subtle.importKey('jwk', { ...key.jwk }, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
    case 'ES256':
      return subtle.importKey('jwk', { ...key.jwk }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
    case 'EdDSA':
      return subtle.importKey('jwk', { ...key.jwk }, { name: 'Ed25519' }, false, ['verify']);
    default:
      return key satisfies never;
  }
}
