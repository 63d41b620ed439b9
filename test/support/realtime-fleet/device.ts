/** What a device keeps from one connection to the next, whatever road it takes (docs/realtime-protocol.md). */
import type { Happening } from '../realtime-checker.js';
import type { Dice } from './dice.js';

export interface DeviceOptions {
  readonly device: string;
  readonly user: string | null;
  readonly token: string;
  readonly road: 'ws' | 'sse' | 'poll';
}

export interface FleetFaults {
  /** Share of `got` and `done` frames that are never written. */
  readonly acksLost: number;
  /** Mean time an app's handler takes, in milliseconds. */
  readonly handlerMs: number;
}

/** Frames as they come; fields are looked at where they are used. */
export interface Frame {
  readonly t: string;
  readonly [field: string]: unknown;
}

/** What happened that should not, beside what the checker judges. */
export interface Complaint {
  readonly device: string;
  readonly complaint: string;
}

/** The device was let in for the first time. */
export interface Arrival {
  readonly device: string;
  readonly arrived: true;
}

export interface Device extends DeviceOptions {
  readonly dice: Dice;
  cursor: string | undefined;
  /** Hands the message to the app unless it had it; resolves when the app has dealt with it. */
  hand(message: string): Promise<void>;
  /** Everything else that the device is told. */
  told(frame: Frame): void;
  complain(complaint: string): void;
}

/** Ids that a client remembers, so that none is handed over twice. */
const REMEMBERED = 1_000;

export function createDevice(
  options: DeviceOptions,
  dice: Dice,
  faults: () => FleetFaults,
  report: (happening: Happening | Complaint | Arrival) => void,
): Device {
  const remembered = new Set<string>();
  let user: string | null = null;
  let hasArrived = false;
  const { device } = options;
  const one: Device = {
    ...options,
    dice,
    cursor: undefined,
    async hand(message) {
      if (remembered.has(message)) return;
      remembered.add(message);
      if (remembered.size > REMEMBERED) for (const oldest of [...remembered].slice(0, 1)) remembered.delete(oldest);
      report({ kind: 'handed', device, user, message });
      const handling = dice.wait(faults().handlerMs);
      if (handling >= 1) await new Promise((resolve) => setTimeout(resolve, handling));
    },
    told(frame) {
      if (frame.t === 'welcome') {
        user = typeof frame.user === 'string' ? frame.user : null;
        if (!hasArrived) report({ device, arrived: true });
        hasArrived = true;
      }
      if (frame.t === 'gap') {
        const reason = frame.reason === 'mailbox_reset' ? 'mailbox_reset' : 'mailbox_full';
        report({ kind: 'gap', device, count: Number(frame.count), reason });
      }
    },
    complain: (complaint) => report({ device, complaint }),
  };
  return one;
}

/** Keeps the cursor of the newest push of which it and all before it on one connection are done. */
export function createCursorKeeper(device: Device) {
  let waiting: { readonly seq: number; readonly cursor: string; isDone: boolean }[] = [];
  return {
    pushed(seq: number, cursor: string): void {
      waiting.push({ seq, cursor, isDone: false });
    },
    done(seq: number): void {
      const one = waiting.find((push) => push.seq === seq);
      if (one !== undefined) one.isDone = true;
      while (waiting[0]?.isDone) {
        device.cursor = waiting[0].cursor;
        waiting = waiting.slice(1);
      }
    },
  };
}

/** Codes of `bye` and close frames after which a client does not come back. */
export function isFinal(code: number): boolean {
  return code >= 4500 && code < 5000;
}
