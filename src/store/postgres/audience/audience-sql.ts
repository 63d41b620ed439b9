import type { Audience } from '../../../domain/audience.js';
import type { EpochMs } from '../../../domain/time.js';
import { scansAll } from '../../shared/audience-kinds.js';
import { asksForUser } from '../../shared/filter-asks.js';
import { filterSql, USER_OF_D } from './filter-sql.js';

/** Live alert registrations of the device `d`, as `r`. */
export const ROADS_OF_D = `FROM pealbell.registrations r
  WHERE r.app = d.app AND r.device = d.id AND r.retired_at IS NULL AND r.purpose = 'alert'`;

/** Parameters of one statement; `$1` is the app. */
export function parametersFor(app: string): { readonly params: unknown[]; readonly add: (value: unknown) => string } {
  const params: unknown[] = [app];
  return { params, add: (value) => `$${params.push(value)}` };
}

/**
 * A SELECT of the ids (`id`) of candidates after the placeholder `after`, without doubles and in no order: all devices,
 * or what the indexes of users, ids and topics lead to.
 *
 * @param bound placeholder of a number: of each topic only so many are looked at
 */
export function candidatesSql(
  audience: Audience,
  add: (value: unknown) => string,
  page: { readonly after: string; readonly bound?: string; readonly createdBefore?: EpochMs | undefined },
): string {
  const { after, bound } = page;
  const devices = `SELECT id FROM pealbell.devices WHERE app = $1 AND id > ${after}`;
  if (scansAll(audience)) return devices;
  const earlier = page.createdBefore === undefined ? '' : ` AND subscribed_at < ${add(page.createdBefore)}`;
  const topics = (audience.topics ?? []).map(
    (topic) => `(SELECT device FROM pealbell.subscriptions
       WHERE app = $1 AND topic = ${add(topic)} AND device > ${after}${earlier}
       ORDER BY device${bound === undefined ? '' : ` LIMIT ${bound}`})`,
  );
  return [
    `${devices} AND user_id = ANY(${add(audience.users)}::text[])`,
    `${devices} AND id = ANY(${add(audience.devices)}::text[])`,
    ...topics,
  ].join('\n UNION ');
}

/** Which candidates are members: FROM a device `d` what else is needed, and a condition. */
export function membershipSql(
  audience: Audience,
  add: (value: unknown) => string,
  createdBefore?: EpochMs,
): { readonly join: string; readonly where: string } {
  const before = createdBefore === undefined ? undefined : add(createdBefore);
  const conditions = ['d.app = $1'];
  if (before !== undefined) conditions.push(`d.created_at < ${before}`);
  if (!audience.everyone && audience.filter !== undefined) {
    const meant = [
      `d.user_id = ANY(${add(audience.users)}::text[])`,
      `d.id = ANY(${add(audience.devices)}::text[])`,
      subscribedTo(audience.topics ?? [], add, before),
      filterSql(audience.filter, add, before),
    ];
    conditions.push(`(${meant.join(' OR ')})`);
  }
  const { onlyPlatforms, onlyProviders, onlyFilter, exceptUsers, exceptDevices, exceptTopics = [] } = audience;
  if (onlyPlatforms !== undefined) conditions.push(`d.platform = ANY(${add(onlyPlatforms)}::text[])`);
  if (exceptUsers.length > 0) {
    conditions.push(`(d.user_id IS NULL OR d.user_id <> ALL(${add(exceptUsers)}::text[]))`);
  }
  if (exceptDevices.length > 0) conditions.push(`d.id <> ALL(${add(exceptDevices)}::text[])`);
  if (onlyProviders !== undefined) {
    conditions.push(`EXISTS (SELECT 1 ${ROADS_OF_D} AND r.provider = ANY(${add(onlyProviders)}::text[]))`);
  }
  if (onlyFilter !== undefined) conditions.push(filterSql(onlyFilter, add, before));
  // Whoever wants to hear no more of a topic is believed at any time.
  if (exceptTopics.length > 0) conditions.push(`NOT ${subscribedTo(exceptTopics, add, undefined)}`);
  const join = asksForUser(audience.filter) || asksForUser(onlyFilter) ? USER_OF_D : '';
  return { join, where: conditions.join(' AND ') };
}

function subscribedTo(topics: readonly string[], add: (value: unknown) => string, before: string | undefined): string {
  if (topics.length === 0) return 'false';
  return `EXISTS (SELECT 1 FROM pealbell.subscriptions s WHERE s.app = d.app AND s.device = d.id
    AND s.topic = ANY(${add(topics)}::text[])${before === undefined ? '' : ` AND s.subscribed_at < ${before}`})`;
}
