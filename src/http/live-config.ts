import { isTwin } from '../domain/twin.js';
import type { LiveConfig } from '../ports/live-config.js';
import { comparisonToJson } from './live-config-json.js';
import { json, type KeyedOperation } from './operation.js';
import { Refusal } from './refusal.js';
import { comparisonAnswer, reloadAnswer } from './schemas/live-config-answer.js';

/** The configuration of the process that answers. */
export function liveConfigOperations(liveConfig: LiveConfig): readonly KeyedOperation[] {
  return [
    {
      method: 'get',
      path: '/v1/admin/config',
      operationId: 'compareConfig',
      summary: 'What is in force in this process beside what its files say; secrets are masked',
      tag: 'admin',
      scopes: ['admin'],
      body: 'none',
      answers: [{ status: 200, description: 'Both, and what differs', schema: comparisonAnswer }],
      problems: [],
      async handle() {
        return json(200, comparisonToJson(await liveConfig.compare()));
      },
    },
    {
      method: 'post',
      path: '/v1/admin/reload',
      operationId: 'reloadConfig',
      summary: 'Read the configuration of this process again',
      tag: 'admin',
      scopes: ['admin'],
      body: 'none',
      answers: [{ status: 200, description: 'It is in force; `needs_restart` is not', schema: reloadAnswer }],
      problems: ['config_refused'],
      async handle({ caller }) {
        if (isTwin(caller.app)) throw new Refusal('missing_scope', 'a test key changes nothing of the gateway itself');
        const reloading = await liveConfig.reload('api');
        if (reloading.kind === 'refused') {
          const count = reloading.faults.length === 1 ? '1 fault' : `${reloading.faults.length} faults`;
          throw new Refusal('config_refused', `the files have ${count}; the configuration in force stays as it is`, {
            faults: reloading.faults.map((detail) => ({ code: 'config_invalid', detail })),
          });
        }
        return json(200, { changed: reloading.changed, needs_restart: reloading.needsRestart });
      },
    },
  ];
}
