import assert from 'node:assert/strict';
import { isRecalling, isTestable, type PushToken } from '../../../../providers/contract.js';
import { lastForm, MESSAGE, openInbox, openRig, type Rig, START_MS, send, target, targets } from './rig.js';

const never = new AbortController().signal;

describe('Xiaomi’s provider against its simulator', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig();
  });
  afterEach(() => rig.close());

  it('brings data byte for byte: percent signs, pluses, ampersands, Chinese', async () => {
    const provider = await rig.open();
    const data = {
      url: 'https://a.example/?q=50%25+1&x=%E5%A5%BD',
      text: '100% & 好的 + "quoted" = \\ \n 🔔',
      empty: '',
    };
    const notification = { title: '50% + 1 & 好', body: 'a=b&c=d+e%20f;' };
    const [outcome] = await send(provider, [target('a+b/c==')], { ...MESSAGE, data, notification });
    assert.equal(outcome?.kind, 'accepted');
    assert.equal(rig.ledger.at(-1)?.token, 'a+b/c==');
    const form = lastForm(rig);
    assert.equal(form.title, notification.title);
    assert.equal(form.description, notification.body);
    const { pealbell: _, ...arrived } = JSON.parse(form.payload ?? '');
    assert.deepEqual(arrived, data);
  });

  it('has every message taken that it makes, in every version of the interface', async () => {
    for (const api_version of ['v2', 'v3', 'v4']) {
      const provider = await rig.open({ api_version, channels: { transactional: '1', marketing: '2' } });
      const { notification: _, ...silent } = MESSAGE;
      const messages = [
        MESSAGE,
        silent,
        { ...MESSAGE, ttlSeconds: 0 },
        { ...MESSAGE, class: 'transactional' as const, ttlSeconds: 10_000_000, collapseKey: 'k' },
        {
          ...MESSAGE,
          notification: { body: '好'.repeat(500), badge: 3, sound: 'chime', click: { url: 'https://a.example' } },
        },
        { ...MESSAGE, notification: { title: 'x'.repeat(200), click: { deepLink: 'shop://a/b' } } },
      ];
      for (const message of messages) {
        assert.deepEqual(
          (await send(provider, targets('r'), message)).map(({ kind }) => kind),
          ['accepted'],
        );
      }
    }
  });

  it('asks each region about its own: one request has one host', async () => {
    const provider = await rig.open({ region: 'ru' });
    for (const region of ['cn', 'ru', 'in', 'eu', 'global']) {
      rig.simulator.setDevice(`of-${region}`, { kind: 'of_region', region });
    }
    const inbox = await openInbox();
    try {
      const telling = await rig.open({ region: 'ru' }, { callbackUrl: inbox.url });
      const to = [
        target('of-cn', { region: 'cn' }),
        target('of-in', { region: 'India' }),
        target('of-ru'),
        target('of-eu', { region: 'EU' }),
        target('of-global', { region: 'global' }),
        target('lost', { region: 'cn' }),
      ];
      rig.simulator.setDevice('lost', { kind: 'of_region', region: 'eu' });
      const outcomes = await send(telling, to);
      assert.deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['accepted']));
      assert.equal(new Set(rig.ledger.map(({ id }) => id)).size, 5);
      assert.equal(new Set(rig.ledger.map(({ headers }) => headers.host)).size, 5);
      // Five delivered with their bars on, one dead.
      await inbox.until(12);
      const failed = inbox.receipts.filter(({ state }) => state === 'failed');
      assert.deepEqual(
        failed.map((receipt) => receipt.target?.pushToken),
        ['lost'],
      );
    } finally {
      await inbox.close();
      await provider.close();
    }
  });

  it('refuses a region that Xiaomi does not have, with a sentence, and sends the others', async () => {
    const provider = await rig.open();
    const outcomes = await send(provider, [
      target('a', { region: 'mars' }),
      target('b'),
      target('c', { region: 'cn' }),
    ]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['rejected', 'accepted', 'accepted'],
    );
    assert.match(
      outcomes[0]?.detail?.text ?? '',
      /no region "mars": register the device with one of cn, ru, in, eu, global/,
    );
    assert.deepEqual(
      rig.ledger.map(({ token }) => token),
      ['b', 'c'],
    );
  });

  it('says who it is in a header, and nothing of the secret anywhere else', async () => {
    const provider = await rig.open({ app_secret: 'wrong-secret' });
    const [outcome] = await send(provider, targets('r-1'));
    assert.equal(outcome?.kind, 'misconfigured');
    assert.equal(rig.ledger.at(-1)?.headers.authorization, 'key=wrong-secret');
    assert.equal(JSON.stringify([outcome, rig.logged]).includes('wrong-secret'), false);
    assert.deepEqual(rig.observed, ['21301']);
  });

  it('closes while one by one is under way: each has its outcome', async () => {
    const provider = await rig.open();
    rig.faults.set('a', [{ kind: 'answer', status: 400, reason: '20301' }]);
    const sending = send(provider, targets('a', 'b', 'c'));
    const closing = provider.close();
    assert.deepEqual(
      (await sending).map(({ kind }) => kind),
      ['accepted', 'accepted', 'accepted'],
    );
    await closing;
  });
});

describe('receipts of Xiaomi', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig();
  });
  afterEach(() => rig.close());

  it('come as the simulator tells them: what became of each, and what is to be known of its address', async () => {
    const inbox = await openInbox();
    try {
      const provider = await rig.open({}, { callbackUrl: inbox.url });
      const { simulator } = rig;
      simulator.setDevice('dead', { kind: 'dead' });
      simulator.setDevice('moved', { kind: 'dead', replacedBy: 'moved-here' });
      simulator.setDevice('off', { kind: 'switched_off' });
      simulator.setDevice('bar', { kind: 'bar_disabled' });
      simulator.setDevice('filtered', { kind: 'filtered' });
      simulator.setDevice('quota', { kind: 'over_quota' });
      simulator.setDevice('late', { kind: 'expired' });
      simulator.setDevice('tapped', { kind: 'tapped' });
      const names = ['ok', 'dead', 'moved', 'off', 'bar', 'filtered', 'quota', 'late', 'tapped'];
      await send(provider, targets(...names));
      // Nine receipts (two of the tap, none of the one switched off) and seven notices.
      await inbox.until(16);
      const told = inbox.receipts.map(({ target: of, state, reason }) =>
        [of?.pushToken, of?.message === MESSAGE.id, state, reason ?? ''].join(' '),
      );
      assert.deepEqual(told.sort(), [
        'bar true delivered ',
        'dead true failed token_invalid',
        'filtered true failed payload_rejected',
        'late true failed expired',
        'moved true failed token_invalid',
        'ok true delivered ',
        'quota true failed quota_exceeded',
        'tapped true delivered ',
        'tapped true opened ',
      ]);
      const notices = inbox.notices.map(
        (notice) =>
          `${notice.pushToken} ${notice.kind} ${notice.kind === 'notifications' ? notice.state : (notice.replacedBy ?? '')}`,
      );
      assert.deepEqual([...new Set(notices)].sort(), [
        'bar notifications off',
        'dead unregistered ',
        'moved unregistered moved-here',
        'off notifications off',
        'ok notifications on',
        'tapped notifications on',
      ]);
      assert.ok(inbox.receipts.every(({ at }) => at === START_MS));
      assert.equal(rig.simulator.receiptCalls().failed, 0);
    } finally {
      await inbox.close();
    }
  });

  it('are asked for where there is an address and the file does not say no', async () => {
    const url = 'https://push.example/callbacks/xiaomi/shop/s';
    await send(await rig.open({}, { callbackUrl: url }), targets('r'));
    assert.equal(lastForm(rig)['extra.callback'], url);
    await send(await rig.open({ receipts: false }, { callbackUrl: url }), targets('r'));
    assert.equal(lastForm(rig)['extra.callback'], undefined);
    await send(await rig.open(), targets('r'));
    assert.equal(lastForm(rig)['extra.callback'], undefined);
  });
});

describe('asking Xiaomi about the secret', () => {
  let rig: Rig;
  before(async () => {
    rig = await openRig();
  });
  after(() => rig.close());

  async function asked(settings: Readonly<Record<string, unknown>> = {}) {
    const provider = await rig.open(settings);
    assert.ok(isTestable(provider));
    return provider.testCredentials(never);
  }

  it('finds the right one accepted, and reaches nobody', async () => {
    rig.ledger.length = 0;
    const { verdict, detail, vendorTime } = await asked();
    assert.equal(verdict, 'accepted', detail);
    assert.ok(vendorTime);
    assert.deepEqual(
      rig.ledger.map(({ provider, accepted }) => [provider, accepted]),
      [['xiaomi_stats', false]],
    );
  });

  it('finds a wrong one refused, with a cure', async () => {
    const { verdict, detail, cure, vendor } = await asked({ app_secret: 'wrong-secret' });
    assert.equal(verdict, 'refused');
    assert.match(cure ?? '', /AppSecret/);
    assert.equal(vendor?.code, '21301');
    assert.equal(JSON.stringify([detail, cure, vendor]).includes('wrong-secret'), false);
  });

  it('finds a package of somebody else refused', async () => {
    assert.equal((await asked({ package_name: 'com.example.other' })).verdict, 'refused');
  });

  it('says nothing of it where Xiaomi is away', async () => {
    rig.faults.set('xiaomi_stats', [{ kind: 'answer', status: 503, reason: 'html' }]);
    assert.equal((await asked()).verdict, 'unreachable');
    const hosts = { cn: 'https://127.0.0.1:1' };
    assert.equal((await asked({ hosts })).verdict, 'unreachable');
  });
});

describe('recalling at Xiaomi', () => {
  let rig: Rig;
  before(async () => {
    rig = await openRig();
  });
  after(() => rig.close());

  it('is an ability only where the file says so', async () => {
    assert.equal(isRecalling(await rig.open()), false);
    assert.equal(isRecalling(await rig.open({ recall: true })), true);
  });

  it('names the request by Xiaomi’s own id, once for all its targets, at the host of their region', async () => {
    const provider = await rig.open({ recall: true });
    assert.ok(isRecalling(provider));
    const to = [target('a'), target('b'), target('c', { region: 'eu' })];
    const outcomes = await send(provider, to);
    const sent = to.map((one, at) => {
      const outcome = outcomes[at];
      return { ...one, ...(outcome?.kind === 'accepted' ? { vendorId: outcome.vendorId ?? '' } : {}) };
    });
    rig.ledger.length = 0;
    const recalled = await provider.recall({ message: MESSAGE, targets: sent }, never);
    assert.deepEqual(
      recalled.map(({ kind }) => kind),
      ['recalled', 'recalled', 'recalled'],
    );
    assert.deepEqual(
      rig.ledger.map(({ token }) => token),
      [sent[0]?.vendorId, sent[2]?.vendorId],
    );
    const { title, description, notify_id } = JSON.parse(rig.ledger[0]?.payloadJson ?? '');
    assert.deepEqual([title, description], ['Paid', 'Your order is on its way']);
    assert.match(notify_id, /^\d+$/);
  });

  it('is impossible without that id, for what Xiaomi does not know and for data; failed while it is away', async () => {
    const provider = await rig.open({ recall: true });
    assert.ok(isRecalling(provider));
    const kinds = async (of: { readonly vendorId?: string }, message = MESSAGE) => {
      const outcomes = await provider.recall({ message, targets: [{ ...target('a'), ...of }] }, never);
      return outcomes.map(({ kind }) => kind);
    };
    assert.deepEqual(await kinds({}), ['impossible']);
    assert.deepEqual(await kinds({ vendorId: 'slm-unknown' }), ['impossible']);
    const { notification: _, ...silent } = MESSAGE;
    assert.deepEqual(await kinds({ vendorId: 'slm1' }, silent), ['impossible']);
    const [accepted] = await send(provider, targets('a'));
    assert.ok(accepted?.kind === 'accepted' && accepted.vendorId !== undefined);
    rig.faults.set('xiaomi_revoke', [{ kind: 'answer', status: 502, reason: 'html' }]);
    assert.deepEqual(await kinds({ vendorId: accepted.vendorId }), ['failed']);
    assert.deepEqual(await kinds({ vendorId: accepted.vendorId }), ['recalled']);
  });
});

describe('a push token of Xiaomi', () => {
  it('is sent as it is registered', async () => {
    const rig = await openRig();
    try {
      const provider = await rig.open();
      const token = `${'Ab9+/'.repeat(12)}==` as PushToken;
      await send(provider, [target(token)]);
      assert.equal(rig.ledger.at(-1)?.token, token);
    } finally {
      await rig.close();
    }
  });
});
