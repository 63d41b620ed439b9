import assert from 'node:assert/strict';
import { openWorld } from '../../support/world.js';
import { nameOf, openScene, type Scene } from '../delivery/scene.js';

const NOTIFICATION = {
  title: 'Your order left',
  badge: 2,
  locales: { 'zh-CN': { title: '您的订单已发出' }, fr: { title: 'Votre commande est partie', body: 'À bientôt' } },
};

describe('a message in several languages', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene({ world: await openWorld({ roads: 'apns' }) });
  });
  after(() => scene.world.close());

  const shownAt = (token: string) => {
    const [arrival] = scene.arrivals(token);
    const { alert, badge } = (arrival?.payload.aps ?? {}) as { alert: unknown; badge: unknown };
    return [alert, badge];
  };

  it('shows each device its own, and the notification as it is where none fits', async () => {
    const locales = ['zh-Hans-CN', 'zh_CN', 'fr-CH', 'de', undefined];
    assert.equal((await scene.call('PUT', '/v1/users/chloe', { locale: 'fr' })).status, 201);
    const ofUser = await scene.device('loc-of-user', { user: 'chloe' });
    const own = await scene.device('loc-own', { user: 'chloe', locale: 'zh-CN' });
    const tokens: string[] = [];
    for (const [n, locale] of locales.entries()) {
      tokens.push(await scene.device(nameOf('loc', n), locale === undefined ? {} : { locale, user: 'ann' }));
    }
    const bare = `f${'9'.repeat(63)}`;
    const to = {
      users: ['chloe'],
      devices: locales.map((_, n) => nameOf('loc', n)),
      push_tokens: [{ provider: 'apns', token: bare }],
    };
    const id = await scene.send(to, { notification: NOTIFICATION });
    const { counts } = await scene.reaches(id);
    assert.equal(counts.sent, 8);
    const base = [{ title: 'Your order left' }, 2];
    assert.deepEqual([...tokens, bare].map(shownAt), [
      base, // lookup cuts from the end: zh-Hans-CN, zh-Hans, zh
      [{ title: '您的订单已发出' }, 2],
      [{ title: 'Votre commande est partie', body: 'À bientôt' }, 2],
      base,
      base,
      base,
    ]);
    assert.deepEqual(
      [ofUser, own].map((token) => (shownAt(token)[0] as { title: string }).title),
      ['Votre commande est partie', '您的订单已发出'],
    );
  });

  it('keeps them apart over pages of a large audience', async () => {
    await scene.devices('many', 1_200);
    await scene.device('many-fr', { locale: 'fr' });
    const id = await scene.send({ everyone: true }, { notification: NOTIFICATION });
    const done = await scene.reaches(id, undefined, 30_000);
    assert.equal(done.counts.sent, done.devices);
    const titles = new Map<unknown, number>();
    for (const { payload } of scene.arrivals()) {
      if ((payload.pealbell as { id: string }).id !== id) continue;
      const { title } = (payload.aps as { alert: { title: string } }).alert;
      titles.set(title, (titles.get(title) ?? 0) + 1);
    }
    assert.deepEqual([titles.get('您的订单已发出'), titles.get('Votre commande est partie')], [2, 3]);
    assert.equal(titles.get('Your order left'), done.devices - 5);
  });

  it('is refused where one of them does not fit, at its place', async () => {
    const body = (locales: object, more: object = {}) => ({
      to: { users: ['x'] },
      notification: { title: 'T', ...more, locales },
    });
    const refused = async (sent: object) => {
      const { status, body: problem } = await scene.call('POST', '/v1/messages', sent);
      assert.equal(status, 422, JSON.stringify(problem));
      return (problem.errors as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`);
    };
    const long = '字'.repeat(1_400);
    assert.deepEqual(await refused(body({ ja: { body: long } })), ['/notification/locales/ja payload_too_large']);
    assert.deepEqual(await refused(body({ 'zh-CN': {}, 'zh-cn': {} })), ['/notification/locales duplicate']);
    assert.deepEqual(await refused(body({ fr: { tittle: 'x' } })), ['/notification/locales/fr/tittle unknown_field']);
    assert.deepEqual(await refused(body({ 'not a tag': {} })), ['/notification/locales/not a tag invalid_key']);
    assert.deepEqual(await refused(body({ fr: { title: 'x' } }, { title: undefined })), ['/notification required']);
  });
});
