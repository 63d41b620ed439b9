import type { Refusal } from './answers.js';

/** What FCM knows of a registration token. One it was never told about is active. */
export type DeviceState = {
  /** `unregistered`: uninstalled, or out of use. `sender_id_mismatch`: it belongs to another project. */
  readonly kind: 'active' | 'unregistered' | 'sender_id_mismatch';
};

export class DeviceStates {
  readonly #states = new Map<string, DeviceState>();

  set(token: string, state: DeviceState): void {
    this.#states.set(token, state);
  }

  /** FCM's refusal of a well-formed token, or `undefined` when the device can be reached. */
  refuse(token: string): Refusal | undefined {
    const kind = this.#states.get(token)?.kind;
    switch (kind) {
      case undefined:
      case 'active':
        return undefined;
      case 'unregistered':
        return {
          status: 404,
          canonical: 'NOT_FOUND',
          errorCode: 'UNREGISTERED',
          message: 'Requested entity was not found.',
        };
      case 'sender_id_mismatch':
        return {
          status: 403,
          canonical: 'PERMISSION_DENIED',
          errorCode: 'SENDER_ID_MISMATCH',
          message: 'SenderId mismatch',
        };
      default:
        return kind satisfies never;
    }
  }
}
