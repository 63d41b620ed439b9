import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { apnsKind } from '../../../../providers/apns/kind.js';
import {
  type ApnsAuthority,
  type CertificateOrder,
  createApnsAuthority,
  type IssuedCertificate,
} from '../../../../providers/apns/simulator.js';
import type { JsonObject, Message, Provider, Target } from '../../../../providers/contract.js';
import { createEgress } from '../../../../src/egress/egress.js';
import { BUNDLE_ID, openRig, type Rig } from './simulator-rig.js';

const never = new AbortController().signal;
const RSA = 'rsa_pss_rsae_sha256:RSA+SHA256';
const MDM = 'com.apple.mgmt.External.0d5c2b6e';
const silent: Message = { id: 'msg_1', app: 'shop', ttlSeconds: 600, priority: 'high' };
const message: Message = { ...silent, notification: { title: 'Hello' } };
const UPDATE = { event: 'update', timestamp: 1_800_000_000, 'content-state': { home: 1 } };

function target(part: Partial<Target> = {}): Target {
  const hex = createHash('sha256').update(randomUUID()).digest('hex');
  return { pushToken: apnsKind.parsePushToken(hex), notificationId: randomUUID(), ...part };
}

function aps(keys: JsonObject): Message {
  return { ...silent, override: { payload: { aps: keys } } };
}

describe('APNs provider with a certificate, against the simulator', () => {
  let authority: ApnsAuthority;
  let rig: Rig;
  let logged: string[];
  const opened: Provider[] = [];

  before(async () => {
    authority = await createApnsAuthority();
  });
  beforeEach(async () => {
    rig = await openRig({ authority });
    logged = [];
  });
  afterEach(async () => {
    for (const provider of opened.splice(0)) await provider.close();
    await rig.close();
  });

  async function open(credentials: object): Promise<Provider> {
    const options = { bundle_id: BUNDLE_ID, endpoints: rig.simulator.urls, ca: rig.ca, ...credentials };
    const provider = await apnsKind.open(apnsKind.options.parse(options), {
      name: 'apns',
      app: 'shop',
      now: () => rig.clock.now,
      log: {
        info: () => {},
        warn: (_fields, event) => logged.push(event),
        error: (_fields, event) => logged.push(event),
      },
      observe: () => {},
      egress: createEgress({ allow: [] }),
    });
    opened.push(provider);
    return provider;
  }

  const openWith = ({ cert, key }: IssuedCertificate) => open({ certificate: cert, certificate_key: key });
  const openIssued = async (order: Partial<CertificateOrder> = {}) =>
    openWith(await authority.issue({ uid: BUNDLE_ID, ...order }));
  const openToken = () =>
    open({ key: rig.credentials.privateKey, key_id: rig.credentials.keyId, team_id: rig.credentials.teamId });

  /** The kind of outcome, and what stands behind it. */
  async function sendOne(provider: Provider, what: Message, to: Target): Promise<string> {
    const [outcome] = await provider.send({ message: what, targets: [to] }, never);
    assert.ok(outcome);
    if (outcome.kind === 'misconfigured') return `misconfigured: ${outcome.what}`;
    return outcome.kind === 'rejected' ? `rejected ${outcome.reason}` : outcome.kind;
  }

  it('has alerts and VoIP pushes accepted, in one call, without a token', async () => {
    const provider = await openIssued();
    const targets = [target(), target({ purpose: 'voip' }), target({ purpose: 'complication' })];
    const outcomes = await provider.send({ message, targets }, never);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['accepted', 'accepted', 'rejected'],
      'a complication shows nothing, and this message has a title',
    );
    assert.deepEqual(
      rig.ledger.map(({ headers }) => [headers['apns-push-type'], headers['apns-topic'], headers.authorization]),
      [
        ['alert', BUNDLE_ID, undefined],
        ['voip', `${BUNDLE_ID}.voip`, undefined],
      ],
    );
  });

  it('has a full batch accepted, each once', async () => {
    const targets = Array.from({ length: 500 }, () => target());
    const outcomes = await (await openIssued()).send({ message, targets }, never);
    assert.ok(outcomes.every(({ kind }) => kind === 'accepted'));
    assert.equal(new Set(rig.ledger.map(({ token }) => token)).size, 500);
  });

  it('is misconfigured with a certificate of another authority or the other environment', async () => {
    const foreign = await openWith(await (await createApnsAuthority()).issue({ uid: BUNDLE_ID }));
    assert.match(await sendOne(foreign, message, target()), /^misconfigured: APNs refuses the certificate/);
    const sandbox = await openIssued({ environment: 'sandbox' });
    assert.match(await sendOne(sandbox, message, target()), /^misconfigured: this certificate is for the other env/);
    assert.equal(await sendOne(sandbox, message, target({ environment: 'sandbox' })), 'accepted');
  });

  it('warns when it is opened with a certificate of a few days, and asks nothing once that has ended', async () => {
    const provider = await openIssued({ notAfter: new Date(rig.clock.now + 3 * 86_400_000) });
    assert.deepEqual(logged, ['apns.certificate_expires_soon']);
    assert.equal(await sendOne(provider, message, target()), 'accepted');
    rig.clock.now += 3 * 86_400_000;
    assert.match(await sendOne(provider, message, target()), /^misconfigured: the certificate has expired/);
    assert.equal(rig.ledger.length, 1);
    assert.ok(logged.includes('apns.certificate_expired'));
  });

  it('is misconfigured when the certificate is of another app, which no alert can pass', async () => {
    const provider = await openIssued({ uid: 'com.example.other' });
    assert.match(await sendOne(provider, message, target()), /^misconfigured: APNs does not allow this topic/);
  });

  it('rejects, and blocks nothing, where the certificate lacks the topic of a rarer push type', async () => {
    const provider = await openIssued({ topics: [BUNDLE_ID] });
    assert.equal(await sendOne(provider, message, target({ purpose: 'voip' })), 'rejected payload_rejected');
    assert.equal(rig.ledger.at(-1)?.answer.reason, 'TopicDisallowed');
    assert.equal(await sendOne(provider, message, target()), 'accepted');
  });

  it('does not ask APNs for what only tokens may send', async () => {
    const provider = await openIssued();
    assert.equal(await sendOne(provider, silent, target({ purpose: 'location' })), 'rejected payload_rejected');
    assert.equal(
      await sendOne(provider, aps(UPDATE), target({ purpose: 'live_activity' })),
      'rejected payload_rejected',
    );
    assert.equal(rig.ledger.length, 0);
  });

  it('sends MDM pushes on the UID of its certificate, and none with a token', async () => {
    const push: Message = { ...silent, data: { mdm: 'MAGIC' } };
    const mdm = await openIssued({ uid: MDM, topics: [MDM] });
    assert.equal(await sendOne(mdm, push, target({ purpose: 'mdm' })), 'accepted');
    assert.equal(rig.ledger[0]?.headers['apns-topic'], MDM);
    assert.equal(await sendOne(await openToken(), push, target({ purpose: 'mdm' })), 'rejected payload_rejected');
    assert.equal(rig.ledger.length, 1);
  });

  it('has every push type that tokens may send accepted by the strict rules', async () => {
    const provider = await openToken();
    const pushes: [string, Message, string][] = [
      ['voip', message, '.voip'],
      ['push_to_talk', silent, '.voip-ptt'],
      ['complication', silent, '.complication'],
      ['file_provider', silent, '.pushkit.fileprovider'],
      ['location', { ...silent, priority: 'low' }, '.location-query'],
      ['live_activity', { ...aps(UPDATE), priority: 'low' }, '.push-type.liveactivity'],
      ['widget', silent, '.push-type.widgets'],
      ['control', silent, '.push-type.controls'],
    ];
    for (const [purpose, what, suffix] of pushes) {
      assert.equal(await sendOne(provider, what, target({ purpose })), 'accepted', purpose);
      assert.equal(rig.ledger.at(-1)?.headers['apns-topic'], BUNDLE_ID + suffix);
    }
    const named = { ...silent, override: { headers: { 'apns-push-type': 'widgets' } } };
    assert.equal(await sendOne(provider, named, target()), 'accepted');
    assert.equal(rig.ledger.at(-1)?.headers['apns-topic'], `${BUNDLE_ID}.push-type.widgets`);
  });

  it('is misconfigured when the host ends the handshake over the certificate', async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'rsa',
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
      ],
    } as Parameters<typeof generate>[1]);
    // Our certificate has a key of another sort than the host reads, which TLS answers with an alert.
    const host = createSecureServer({ cert, key, requestCert: true, rejectUnauthorized: true, ca: cert, sigalgs: RSA });
    host.on('tlsClientError', (_error, socket) => socket.destroy());
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const issued = await authority.issue({ uid: BUNDLE_ID });
    const provider = await open({
      certificate: issued.cert,
      certificate_key: issued.key,
      ca: cert,
      endpoints: { production: `https://localhost:${(host.address() as AddressInfo).port}` },
    });
    const told = await sendOne(provider, message, target());
    await new Promise<void>((resolve) => host.close(() => resolve()));
    assert.match(told, /^misconfigured: APNs ends the handshake over the certificate/);
  });
});
