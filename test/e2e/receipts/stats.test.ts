import assert from 'node:assert/strict';
import { openScene, type Scene, VISIBLE } from '../delivery/scene.js';

interface Counts {
  readonly [name: string]: number;
}
interface StatsBody {
  readonly from: string;
  readonly to: string;
  readonly data: readonly {
    readonly start: string;
    readonly provider?: string | null;
    readonly platform?: string | null;
    readonly class?: string;
    readonly counts: Counts;
    readonly rates: Readonly<Record<string, { value: number; count: number; of: number } | null>>;
  }[];
  readonly total: StatsBody['data'][number];
  readonly roads: readonly { readonly provider: string; readonly platform: string; readonly tells: string[] }[];
  readonly errors?: readonly { readonly parameter: string; readonly detail: string }[];
}
interface Funnel {
  readonly funnel: Counts;
  readonly providers: readonly {
    readonly provider: string | null;
    readonly sent: number;
    readonly delivered: number;
    readonly failed: number;
  }[];
}

describe('counts and rates', function () {
  this.timeout(60_000);
  let scene: Scene;
  let told: string;
  let silent: string;
  before(async () => {
    scene = await openScene();
    await scene.devices('told', 4);
    await scene.devices('silent', 2);
    told = await scene.send({ devices: ['told00000', 'told00001', 'told00002', 'told00003'] });
    silent = await scene.send({ devices: ['silent00000', 'silent00001'] }, { ...VISIBLE, class: 'marketing' });
    for (const id of [told, silent]) await scene.reaches(id);
    const events = [
      { message: told, device: 'told00000', event: 'opened' },
      { message: told, device: 'told00001', event: 'displayed' },
      { message: told, device: 'told00002', event: 'displayed' },
    ];
    for (let n = 0; n < 2; n++) await scene.call('POST', '/v1/events', { events });
  });
  after(() => scene?.world.close());

  async function stats(query = ''): Promise<StatsBody> {
    const answer = await scene.call<StatsBody>('GET', `/v1/stats${query}`);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  }
  async function faults(query: string): Promise<string[]> {
    const answer = await scene.call<StatsBody>('GET', `/v1/stats${query}`);
    assert.equal(answer.status, 422, JSON.stringify(answer.body));
    return (answer.body.errors ?? []).map(({ parameter, detail }) => `${parameter}: ${detail}`);
  }
  async function lines(path: string): Promise<Record<string, unknown>[]> {
    const answer = await fetch(`${scene.gateway.api?.url}${path}`, {
      headers: { authorization: `Bearer ${scene.key}` },
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/x-ndjson');
    const text = await answer.text();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('of an app are exact, whatever is told twice, and rates are over roads that can tell', async () => {
    const { total, roads } = await stats();
    const { sent, delivered, displayed, opened, failed } = total.counts;
    assert.deepEqual([sent, delivered, displayed, opened, failed], [6, 3, 3, 1, 0]);
    assert.deepEqual(roads, [{ provider: 'apns', platform: 'ios', tells: ['displayed', 'opened'] }]);
    assert.deepEqual(total.rates.displayed, { value: 0.5, count: 3, of: 6 });
    assert.equal(total.rates.delivered, null, 'nobody says that much alone');
    assert.equal(total.rates.converted, null);
  });

  it('stand apart by provider, platform and class', async () => {
    const { data } = await stats('?by=day&group=class,platform,provider');
    const sums = new Map<string, number>();
    for (const row of data) {
      assert.deepEqual([row.provider, row.platform], ['apns', 'ios']);
      sums.set(row.class ?? '', (sums.get(row.class ?? '') ?? 0) + (row.counts.sent ?? 0));
    }
    assert.deepEqual(Object.fromEntries(sums), { marketing: 2, transactional: 4 });
    assert.equal((await stats('?group=')).data[0]?.provider, undefined);
  });

  it('are asked for in whole hours or days, and no more of them than an answer holds', async () => {
    const { from, to } = await stats('?from=2026-03-01T10:20:00Z&to=2026-03-01T12:00:01Z');
    assert.deepEqual([from, to], ['2026-03-01T10:00:00.000Z', '2026-03-01T13:00:00.000Z']);
    assert.match((await faults('?from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z')).join(), /31 days.*by=day/);
    assert.match((await faults('?by=day&from=2024-01-01T00:00:00Z&to=2026-03-01T00:00:00Z')).join(), /400 days/);
    assert.match((await faults('?from=yesterday')).join(), /^from: must be a time with its zone/);
    assert.match((await faults('?from=2026-03-01T10:00:00Z&to=2026-03-01T10:00:00Z')).join(), /must be before/);
    assert.match((await faults('?group=providers')).join(), /did you mean 'provider'/);
    assert.match((await faults('?group=state')).join(), /every count stands under its own/);
    assert.match((await faults('?by=week')).join(), /'hour' or 'day'/);
    assert.match((await faults('?until=now')).join(), /is not a parameter here/);
  });

  it('of a message are its funnel, in all and by provider', async () => {
    const { funnel, providers } = (await scene.message(told)) as unknown as Funnel;
    assert.deepEqual(funnel, {
      planned: 4,
      sent: 4,
      delivered: 3,
      displayed: 3,
      opened: 1,
      dismissed: 0,
      converted: 0,
    });
    const seen = providers.map(({ provider, sent, delivered, failed }) => [provider, sent, delivered, failed]);
    assert.deepEqual(seen, [['apns', 4, 3, 0]]);
  });

  it('can be counted again from the exports of deliveries', async () => {
    const own = await lines(`/v1/messages/${told}/deliveries/export`);
    assert.deepEqual(
      own.map(({ device, state }) => `${device} ${state}`),
      ['told00000 opened', 'told00001 displayed', 'told00002 displayed', 'told00003 sent'],
    );
    const all = await lines('/v1/deliveries/export');
    assert.deepEqual(
      all.map(({ message, device }) => [message, device]),
      [...own.map(({ device }) => [told, device]), ...['silent00000', 'silent00001'].map((device) => [silent, device])],
    );
    const soon = new Date(scene.clock.now() + 3_600_000).toISOString();
    assert.deepEqual(await lines(`/v1/deliveries/export?from=${soon}&to=9999-01-01T00:00:00Z`), []);
    const unknown = await scene.call('GET', '/v1/messages/msg_01kabcdefghjkmnpqrstvwxyz0/deliveries/export');
    assert.equal(unknown.status, 404);
  });

  it('come with the log of events, from where one left off', async () => {
    assert.deepEqual(await lines('/v1/events/export'), [], 'nobody wants any');
    const refused = await scene.call<StatsBody>('GET', '/v1/events/export?after=x&types=delivery.lost');
    assert.equal(refused.status, 422);
    assert.deepEqual(
      refused.body.errors?.map(({ parameter }) => parameter),
      ['after', 'types'],
    );
  });
});
