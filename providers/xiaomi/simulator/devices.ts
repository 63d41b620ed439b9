/** What Xiaomi knows of devices. */

export type DeviceState =
  /** Refused when it is sent to (`bad_regids`). */
  | { readonly kind: 'refused' }
  /** Taken, and found dead afterwards: receipt 16, with its successor where there is one. */
  | { readonly kind: 'dead'; readonly replacedBy?: string }
  /** Registered in this region: dead in any other. */
  | { readonly kind: 'of_region'; readonly region: string }
  /** The person lets the app show nothing: receipt 32. */
  | { readonly kind: 'switched_off' }
  /** Receipt 64, 128 or 1024. */
  | { readonly kind: 'filtered' | 'over_quota' | 'expired' }
  /** Shown, while the status bar of the device shows nothing of this app. */
  | { readonly kind: 'bar_disabled' }
  /** Shown, and tapped. */
  | { readonly kind: 'tapped' };

/** One receipt of one regId. */
export interface DeviceReceipt {
  readonly type: number;
  readonly barStatus?: 'Enable' | 'Disable' | 'Unknown';
  readonly errorCode?: number;
  readonly replacedBy?: string;
}

const SHOWN: DeviceReceipt = { type: 1, barStatus: 'Enable' };
const DEAD: DeviceReceipt = { type: 16, errorCode: 1 };

export class SimulatedDevices {
  readonly #states = new Map<string, DeviceState>();

  set(regId: string, state: DeviceState): void {
    this.#states.set(regId, state);
  }

  isRefused(regId: string): boolean {
    return this.#states.get(regId)?.kind === 'refused';
  }

  /** What is told of a message that was taken for it. */
  receiptsOf(regId: string, region: string): readonly DeviceReceipt[] {
    const state = this.#states.get(regId);
    switch (state?.kind) {
      case undefined:
      case 'refused':
        return [SHOWN];
      case 'dead':
        return [state.replacedBy === undefined ? DEAD : { ...DEAD, replacedBy: state.replacedBy }];
      case 'of_region':
        return [state.region === region ? SHOWN : DEAD];
      case 'switched_off':
        return [{ type: 32, barStatus: 'Disable' }];
      case 'filtered':
        return [{ type: 64 }];
      case 'over_quota':
        return [{ type: 128 }];
      case 'expired':
        return [{ type: 1_024 }];
      case 'bar_disabled':
        return [{ type: 1, barStatus: 'Disable' }];
      case 'tapped':
        return [SHOWN, { type: 2, barStatus: 'Enable' }];
      default:
        return state satisfies never;
    }
  }
}
