import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FedChunk } from '../../../src/ports/chunk-store.js';
import { deliverJobs, planJob } from '../../../src/usecases/deliver-jobs.js';

describe('jobs of chunks', () => {
  it('of the same first chunk with other company is another, so that the company does not wait with it', () => {
    const [x, z] = ['msg_x.0', 'msg_z.0'].map((id) => ({ id, fence: 0, targets: 1 }));
    assert.ok(x && z);
    assert.notEqual(deliverJobs('marketing', [x])[0]?.id, deliverJobs('marketing', [x, z])[0]?.id);
  });

  it('name every chunk once and in order, at most 64 and at most one full chunk of targets each', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ fence: fc.nat(9), targets: fc.integer({ min: 1, max: 500 }) }), {
          maxLength: 300,
          size: 'max',
        }),
        (sizes) => {
          const chunks: FedChunk[] = sizes.map((size, i) => ({ id: `msg_x.${i}`, ...size }));
          const jobs = deliverJobs('marketing', chunks);
          const refs = jobs.flatMap(({ job }) => (job.kind === 'deliver.v1' ? job.chunks : []));
          assert.deepEqual(
            refs,
            chunks.map(({ id, fence }) => ({ id, fence })),
          );
          for (const { id, lane, job } of jobs) {
            assert.ok(job.kind === 'deliver.v1');
            assert.ok(job.chunks.length >= 1 && job.chunks.length <= 64);
            const targets = job.chunks.reduce((sum, ref) => sum + (chunks[Number(ref.id.slice(6))]?.targets ?? 0), 0);
            assert.ok(targets <= 500);
            assert.equal(lane, 'marketing');
            const company = job.chunks.length === 1 ? '' : `.n${job.chunks.length}`;
            assert.equal(id, `${job.chunks[0]?.id}.f${job.chunks[0]?.fence}${company}`);
            assert.match(id, /^[A-Za-z0-9._-]{1,128}$/);
          }
          assert.equal(new Set(jobs.map(({ id }) => id)).size, jobs.length);
          // As few as fit in order: no two neighbours would fit into one.
          for (const [i, { job }] of jobs.entries()) {
            const next = jobs[i + 1]?.job;
            if (job.kind !== 'deliver.v1' || next?.kind !== 'deliver.v1') continue;
            const of = (ref: { id: string } | undefined) => chunks[Number(ref?.id.slice(6))]?.targets ?? 0;
            const sum = job.chunks.reduce((total, ref) => total + of(ref), 0);
            assert.ok(job.chunks.length === 64 || sum + of(next.chunks[0]) > 500);
          }
        },
      ),
    );
    assert.deepEqual(deliverJobs('system', []), []);
  });

  it('give a planner one id per message', () => {
    assert.deepEqual(planJob('transactional', 'msg_x'), {
      id: 'msg_x.plan',
      lane: 'transactional',
      job: { kind: 'plan.v1', message: 'msg_x' },
    });
  });
});
