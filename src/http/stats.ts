import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../domain/stats.js';
import { nearest } from '../domain/suggest.js';
import type { EpochMs } from '../domain/time.js';
import { readStats, STAT_GROUPS, type StatGroup, type StatsAnswer } from '../usecases/read-stats.js';
import type { ApiHouse } from './house.js';
import { json, type KeyedOperation } from './operation.js';
import { type Query, refuseParameters } from './paging.js';
import type { RequestFault } from './problem.js';
import { invalid } from './refusal.js';
import { type StatsJson, statsAnswer } from './schemas/stats-answer.js';
import { readSpan, type Span } from './span.js';
import { toTime } from './times.js';

/** Spans of one answer: it stays small enough to be read at once. */
const HOURS_MAX = 31 * 24;
const DAYS_MAX = 400;
const PARAMETERS = ['from', 'to', 'by', 'group'];

/** What became of deliveries, counted. */
export function statsOperations(house: Pick<ApiHouse, 'stats' | 'clock'>): readonly KeyedOperation[] {
  return [
    {
      method: 'get',
      path: '/v1/stats',
      operationId: 'getStats',
      summary: 'What became of deliveries, hour by hour or day by day',
      description:
        'Exact counts, and rates over the roads that can tell. A delivery counts in the hour in which its message was accepted, ' +
        'whenever it was sent or anybody told of it, so that a rate is one of the same deliveries; receipts that come late ' +
        'move past hours. Counts outlive messages and deliveries (`retention.stats`). Days are those of UTC.',
      tag: 'stats',
      scopes: ['stats:read'],
      parameters: [
        {
          name: 'from',
          in: 'query',
          description: 'RFC 3339; its hour, or day, is in it. Without it the last 24 hours, or 30 days',
          schema: z.string().optional(),
        },
        { name: 'to', in: 'query', description: 'RFC 3339; now without it', schema: z.string().optional() },
        {
          name: 'by',
          in: 'query',
          description: `\`hour\`: ${HOURS_MAX / 24} days at most; \`day\`: ${DAYS_MAX} days at most`,
          schema: z.enum(['hour', 'day']).meta({ default: 'hour' }).optional(),
        },
        {
          name: 'group',
          in: 'query',
          description: 'What is counted apart, with commas between: `provider`, `platform`, `class`',
          schema: z.string().optional(),
        },
      ],
      body: 'none',
      answers: [{ status: 200, description: 'The counts', schema: statsAnswer }],
      problems: ['validation_failed', 'store_unavailable'],
      async handle({ caller, query }) {
        const asked = readQuery(query, house.clock.now());
        const answer = await readStats(house.stats, { app: caller.app, ...asked.span, by: asked.by }, asked.group);
        return json(200, toJson(asked, answer));
      },
    },
  ];
}

interface Asked {
  readonly span: Span;
  readonly by: 'hour' | 'day';
  readonly group: readonly StatGroup[];
}

/** @throws Refusal 422 with every fault */
function readQuery(query: Query, now: EpochMs): Asked {
  refuseParameters(query, PARAMETERS);
  const faults: RequestFault[] = [];
  const by = query.by ?? 'hour';
  if (by !== 'hour' && by !== 'day') {
    throw invalid([{ parameter: 'by', code: 'invalid_value', detail: "must be 'hour' or 'day'" }]);
  }
  const group = readGroup(query.group, faults);
  const step = by === 'hour' ? HOUR_MS : DAY_MS;
  const span = readSpan(query, { now, step, defaultMs: by === 'hour' ? DAY_MS : 30 * DAY_MS }, faults);
  const max = by === 'hour' ? HOURS_MAX : DAYS_MAX;
  if (span !== undefined && span.to - span.from > max * step) {
    const detail =
      by === 'hour'
        ? `is more than ${HOURS_MAX / 24} days before 'to'; ask for less at a time, or with by=day`
        : `is more than ${DAYS_MAX} days before 'to'; ask for less at a time`;
    faults.push({ parameter: 'from', code: 'out_of_range', detail });
  }
  if (faults.length > 0 || span === undefined) throw invalid(faults);
  return { span, by, group };
}

function readGroup(raw: unknown, faults: RequestFault[]): StatGroup[] {
  if (raw === undefined || raw === '') return [];
  const names = typeof raw === 'string' ? raw.split(',') : [''];
  const known = STAT_GROUPS.filter((group) => names.includes(group));
  const unknown = names.find((name) => !STAT_GROUPS.some((group) => group === name));
  if (unknown !== undefined) {
    const guess = nearest(unknown, STAT_GROUPS);
    const hint = guess === undefined ? '' : `; did you mean '${guess}'?`;
    const detail =
      unknown === 'state'
        ? 'need not name the state: every count stands under its own'
        : `must be of ${STAT_GROUPS.join(', ')}, with commas between${hint}`;
    faults.push({ parameter: 'group', code: 'invalid_value', detail });
  }
  return known;
}

function toJson({ span, by, group }: Asked, { rows, total, roads }: StatsAnswer): StatsJson {
  return {
    object: 'stats',
    from: toTime(span.from),
    to: toTime(span.to),
    by,
    group: [...group],
    data: rows.map(({ start, counts, rates, ...named }) => ({
      start: toTime(start),
      ...named,
      counts: { ...counts },
      rates: { ...rates },
    })),
    total: { counts: { ...total.counts }, rates: { ...total.rates } },
    roads: roads.map(({ provider, platform, tells }) => ({ provider, platform, tells: [...tells] })),
  };
}
