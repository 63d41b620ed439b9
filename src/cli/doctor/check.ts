import type { Config, ConfigReading } from '../../../config/load.js';
import type { AccountTest, KeySetTest, StoreReport } from '../../compose.js';
import type { RunningGateway } from './running-gateway.js';

/** `skipped`: it could not be looked at; `says` tells why. */
export type Verdict = 'ok' | 'warning' | 'fault' | 'skipped';

/** What a check found of one thing. */
export interface Finding {
  /** What was looked at: a setting, a file, an app's provider. */
  readonly subject: string;
  readonly verdict: Verdict;
  /** One sentence, without a full stop. */
  readonly says: string;
  /** What to do; always there for a warning or a fault. */
  readonly cure?: string;
}

/** What checks look at. What takes time is looked at once, by whoever asks first. */
export interface Scene {
  /** The folder of the configuration, absolute. */
  readonly dir: string;
  readonly reading: ConfigReading;
  readonly machine: Machine;
  now(): number;
}

/** A scene whose configuration could be read. */
export interface ConfiguredScene extends Scene {
  readonly config: Config;
  /** Others than this machine shall reach the API; what is fine for a trial here is not fine then. */
  readonly isForOthers: boolean;
  /** The process that has the addresses of this configuration; undefined when none does. */
  running(): Promise<RunningGateway | undefined>;
  /** @throws what opening the store throws */
  store(): Promise<StoreReport>;
  /** What is at the addresses where apps publish their keys; undefined when nobody may be asked. */
  keySets(): Promise<readonly KeySetTest[] | undefined>;
  /** What the vendors say of the credentials; undefined when nobody may be asked. */
  tests(): Promise<readonly AccountTest[] | undefined>;
}

export interface Machine {
  /** Such as `v20.19.4`. */
  readonly nodeVersion: string;
  /** What this process may use at most. */
  readonly memoryBytes: number;
}

/** One thing that doctor looks at, or several of one sort. */
export interface Check {
  readonly name: string;
  /** Nothing found means nothing to look at. May throw: then it is told as skipped. */
  look(scene: ConfiguredScene): Promise<readonly Finding[]> | readonly Finding[];
}

/** The same for checks that a faulty configuration does not stop. */
export interface EarlyCheck {
  readonly name: string;
  look(scene: Scene): Promise<readonly Finding[]> | readonly Finding[];
}

export function ok(subject: string, says: string): Finding {
  return { subject, verdict: 'ok', says };
}

export function warning(subject: string, says: string, cure: string): Finding {
  return { subject, verdict: 'warning', says, cure };
}

export function fault(subject: string, says: string, cure: string): Finding {
  return { subject, verdict: 'fault', says, cure };
}

export function skipped(subject: string, says: string): Finding {
  return { subject, verdict: 'skipped', says };
}
