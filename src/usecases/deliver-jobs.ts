import { CHUNK_TARGETS_MAX } from '../domain/chunk.js';
import type { FedChunk } from '../ports/chunk-store.js';
import type { Lane, NewJob } from '../ports/work-queue.js';

const CHUNKS_PER_JOB_MAX = 64;

/** Packs chunks into as few jobs as fit: up to 64 chunks and one full chunk's worth of targets each. */
export function deliverJobs(lane: Lane, chunks: readonly FedChunk[]): NewJob[] {
  const jobs: NewJob[] = [];
  let group: FedChunk[] = [];
  let targets = 0;
  const close = () => {
    const first = group[0];
    if (first === undefined) return;
    const refs = group.map(({ id, fence }) => ({ id, fence }));
    // The same first chunk with other company is another job; claiming makes what they share harmless.
    const company = refs.length === 1 ? '' : `.n${refs.length}`;
    jobs.push({ id: `${first.id}.f${first.fence}${company}`, lane, job: { kind: 'deliver.v1', chunks: refs } });
    group = [];
    targets = 0;
  };
  for (const chunk of chunks) {
    if (group.length >= CHUNKS_PER_JOB_MAX || targets + chunk.targets > CHUNK_TARGETS_MAX) close();
    group.push(chunk);
    targets += chunk.targets;
  }
  close();
  return jobs;
}

export function planJob(lane: Lane, message: string): NewJob {
  return { id: `${message}.plan`, lane, job: { kind: 'plan.v1', message } };
}
