import type { DefaultJobOptions, JobsOptions, JobType, Processor } from 'bullmq';
import type { Job } from '../../ports/work-queue.js';

/** The part of a BullMQ queue that the adapter uses, whatever database is below. */
export interface LaneQueue {
  add(name: string, data: Job, options: JobsOptions): Promise<unknown>;
  addBulk(jobs: { name: string; data: Job; opts: JobsOptions }[]): Promise<unknown>;
  getJobCountByTypes(...states: JobType[]): Promise<number>;
  waitUntilReady(): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** The part of a BullMQ worker that the adapter uses. */
export interface LaneWorker {
  waitUntilReady(): Promise<unknown>;
  run(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'stalled', listener: (job: string) => void): unknown;
  on(event: 'lockRenewalFailed', listener: (jobs: string[]) => void): unknown;
  close(): Promise<void>;
}

export type LaneProcessor = Processor<Job, void, string>;

export interface QueueSettings {
  readonly defaultJobOptions: DefaultJobOptions;
  readonly streams: { readonly events: { readonly maxLen: number } };
}

export interface WorkerSettings {
  readonly autorun: false;
  readonly concurrency: number;
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
  readonly runRetryDelay: number;
  readonly drainDelay: number;
}

/** What differs between BullMQ on Postgres and BullMQ on Redis; all else is one adapter. */
export interface QueueBackend {
  queue(name: string, settings: QueueSettings): LaneQueue;
  worker(name: string, processor: LaneProcessor, settings: WorkerSettings): LaneWorker;
  /** Once, before anything is added or consumed. */
  prepare(queues: readonly string[]): Promise<void>;
  /** Removes every job that does not run. */
  empty(queues: readonly string[]): Promise<void>;
  /** Removes BullMQ's own record of events, which nobody here reads. */
  trim(queues: readonly string[]): Promise<void>;
}
