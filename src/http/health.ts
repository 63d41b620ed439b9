import type { AdminHouse } from './house.js';
import { json, type OpenOperation } from './operation.js';
import { liveAnswer, readyAnswer } from './schemas/common-answers.js';

/** Whether the process turns, and whether it can do its work. Asked without a key, on both listeners. */
export function healthOperations(house: Pick<AdminHouse, 'health'>): readonly OpenOperation[] {
  return [
    {
      method: 'get',
      path: '/livez',
      operationId: 'live',
      summary: 'Does the process turn?',
      tag: 'health',
      scopes: 'none',
      body: 'none',
      answers: [
        { status: 200, description: 'It does', schema: liveAnswer },
        { status: 503, description: 'It should be restarted', schema: liveAnswer },
      ],
      problems: [],
      async handle() {
        const ok = house.health.live();
        return json(ok ? 200 : 503, { ok });
      },
    },
    {
      method: 'get',
      path: '/readyz',
      operationId: 'ready',
      summary: 'Do store, queue and bus answer?',
      tag: 'health',
      scopes: 'none',
      body: 'none',
      answers: [
        { status: 200, description: 'They do', schema: readyAnswer },
        { status: 503, description: 'Something does not; `checks` says what', schema: readyAnswer },
      ],
      problems: [],
      async handle() {
        const { ok, checks } = await house.health.ready();
        return json(ok ? 200 : 503, { ok, checks });
      },
    },
  ];
}

/** What Prometheus scrapes. On the admin listener only. */
export function metricsOperation(house: Pick<AdminHouse, 'metrics'>): OpenOperation {
  return {
    method: 'get',
    path: '/metrics',
    operationId: 'metrics',
    summary: 'Metrics in the text format of Prometheus',
    tag: 'health',
    scopes: 'none',
    body: 'none',
    answers: [{ status: 200, description: 'Metrics', type: 'text/plain' }],
    problems: [],
    async handle() {
      return { kind: 'text', status: 200, body: await house.metrics.metrics(), type: house.metrics.contentType };
    },
  };
}
