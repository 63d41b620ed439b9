import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { EXIT_WITH_PARENT } from '../parent.js';
import { DemoFailure } from './failure.js';

const MAIN = fileURLToPath(new URL('../../main.js', import.meta.url));
/** A child that was told to stop and does not is killed after this. */
const GRACE_MS = 10_000;
const TAIL_LINES = 12;
const TAIL_LINE_MAX = 400;

export interface ChildOptions {
  /** For people, and the name of its log. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly logFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard output carries a credential: it is read, but neither logged nor shown. */
  readonly isSecret?: boolean;
  /** Told of every line on either stream. */
  readonly onLine?: (line: string) => void;
}

/**
 * One `pealbell …` in a process group of its own, so that what it starts ends with it and the terminal's Ctrl-C comes
 * to the demonstration alone. It ends by itself when this process is gone.
 */
export class Child {
  readonly name: string;
  /** Resolves when the process has ended and all it wrote is read. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  readonly #log: WriteStream;
  readonly #logFile: string;
  readonly #tail: string[] = [];
  readonly #readers = new Set<(line: string) => void>();
  #isReady = false;
  #isExpected = false;
  #hasEnded = false;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#logFile = options.logFile;
    this.#log = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 });
    // A full disk must not end the demonstration; the lines are read all the same.
    this.#log.on('error', () => undefined);
    this.#process = spawn(process.execPath, [MAIN, EXIT_WITH_PARENT, ...options.argv], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: childEnv(options.env),
    });
    if (options.onLine !== undefined) this.#readers.add(options.onLine);
    const { stdout, stderr } = this.#process;
    if (stdout !== null) this.#read(stdout, options.isSecret ?? false);
    if (stderr !== null) this.#read(stderr, false);
    this.ended = new Promise((resolve) => {
      const end = (how: string) => {
        this.#hasEnded = true;
        this.#log.end(() => resolve(how));
      };
      this.#process.once('error', (error) => this.#process.pid === undefined && end(error.message));
      this.#process.once('close', (code, signal) => end(signal === null ? `exit code ${code}` : signal));
    });
  }

  /** 0 when it could not be started. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Ended without having been told to. */
  get hasFailed(): boolean {
    return this.#hasEnded && !this.#isExpected;
  }

  /**
   * Resolves with what `read` makes of the first line it does not answer with undefined.
   *
   * @throws DemoFailure when the child ends before, or `timeoutMs` pass
   */
  async waitFor<T>(read: (line: string) => T | undefined, timeoutMs: number): Promise<T> {
    let stop: () => void = () => undefined;
    const found = new Promise<T>((resolve, reject) => {
      const reader = (line: string) => {
        const value = read(line);
        if (value === undefined) return;
        this.#isReady = true;
        resolve(value);
      };
      this.#readers.add(reader);
      const timer = setTimeout(() => reject(this.failure(`was not ready within ${timeoutMs / 1_000} s`)), timeoutMs);
      stop = () => {
        this.#readers.delete(reader);
        clearTimeout(timer);
      };
      this.ended.then((how) => reject(this.failure(`ended (${how})`)));
    });
    try {
      return await found;
    } finally {
      stop();
    }
  }

  /** A sentence with the last lines that the child wrote. */
  failure(what: string): DemoFailure {
    const tail =
      this.#tail.length === 0 ? 'it wrote nothing' : `the end of ${this.#logFile}:\n  ${this.#tail.join('\n  ')}`;
    return new DemoFailure(`the ${this.name} ${what}; ${tail}`);
  }

  /** SIGKILL: no chance to put anything in order. Resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#isExpected = true;
    this.#signal('SIGKILL');
    await this.ended;
  }

  /**
   * SIGTERM, and SIGKILL when that does not help. One that is not ready yet is killed at once: it may be making a
   * database, which takes seconds and which nobody will use. Resolves when the process is gone.
   */
  async end(): Promise<void> {
    if (this.#hasEnded) return;
    if (!this.#isReady) return this.kill();
    this.#isExpected = true;
    this.#signal('SIGTERM');
    const timer = setTimeout(() => this.#signal('SIGKILL'), GRACE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  /** To the whole group, unless it is gone. */
  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.#process.pid === undefined || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    try {
      process.kill(-this.#process.pid, signal);
    } catch {
      this.#process.kill(signal);
    }
  }

  #read(stream: Readable, isSecret: boolean): void {
    createInterface({ input: stream }).on('line', (line) => {
      if (!isSecret) this.#keep(line);
      for (const reader of this.#readers) reader(line);
    });
  }

  #keep(line: string): void {
    this.#log.write(`${line}\n`);
    this.#tail.push(line.length > TAIL_LINE_MAX ? `${line.slice(0, TAIL_LINE_MAX)}…` : line);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
  }
}

/** The demonstration shows the defaults, whatever settings the shell around it carries. */
function childEnv(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !name.startsWith('PEALBELL_')) kept[name] = value;
  }
  return kept;
}
