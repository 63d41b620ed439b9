import type { DeviceChange, RegistrationChange } from '../../ports/device-store.js';

/** What a change of a device touches: changes that share something are applied one after the other. */
export function keysOfChange({ app, id, registrations }: DeviceChange): readonly string[] {
  const tokens = registrations.flatMap(({ provider, tokenHash }) =>
    tokenHash === undefined ? [] : [`t|${app}|${provider}|${tokenHash}`],
  );
  return [`d|${app}|${id}`, ...tokens];
}

/** A slot, or a push token, that one change names more than once: the last word counts. */
export function lastWords(registrations: readonly RegistrationChange[]): RegistrationChange[] {
  const bySlot = new Map<string, RegistrationChange>();
  const slotOfToken = new Map<string, string>();
  for (const registration of registrations) {
    const { provider, environment, purpose, tokenHash } = registration;
    const slot = `${provider}|${environment}|${purpose}`;
    if (tokenHash !== undefined) {
      const before = bySlot.get(slotOfToken.get(`${provider}|${tokenHash}`) ?? '');
      if (before?.tokenHash === tokenHash) {
        const left = { provider, environment: before.environment, purpose: before.purpose };
        bySlot.set(`${provider}|${left.environment}|${left.purpose}`, { ...left, token: null });
      }
      slotOfToken.set(`${provider}|${tokenHash}`, slot);
    }
    bySlot.set(slot, registration);
  }
  return [...bySlot.values()];
}

/** Where a push token's sealed form belongs. */
export function tokenPlace(app: string, provider: string, tokenHash: string): string {
  return `registrations|${app}|${provider}|${tokenHash}`;
}
