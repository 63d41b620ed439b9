import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { makeDataKey } from '../../../src/domain/data-key.js';
import { findHelm, type Helm, type KubernetesObject } from '../../support/helm.js';
import { KINDS, openWorkspace } from '../config/workspace.js';
import { pathOf } from './files.js';

const CHART = pathOf('deploy/helm/pealbell');
const SECRETS = '/run/secrets/pealbell';
const EVERY_ROLE = ['api', 'worker', 'connector'];
const REALTIME = {
  apps: { shop: { providers: {}, realtime: {} } },
  processes: { api: { roles: EVERY_ROLE, replicas: 1 }, worker: { enabled: false } },
};

describe('the chart, as helm renders it', function () {
  this.timeout(60_000);
  let helm: Helm;
  before(async function () {
    helm = await findHelm(this);
  });

  const ofKind = (objects: readonly KubernetesObject[], kind: string) =>
    objects.filter((object) => object.kind === kind);
  const one = (objects: readonly KubernetesObject[], kind: string, name: string) =>
    ofKind(objects, kind).find(({ metadata }) => metadata.name === name) ?? assert.fail(`no ${kind} ${name}`);

  it('passes helm lint', async () => {
    assert.match(await helm.lint(CHART), /0 chart\(s\) failed/);
  });

  it('is two Deployments, their Services, budgets, a network policy and the migration', async () => {
    const objects = await helm.render(CHART);
    assert.deepEqual(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(), [
      'ConfigMap pealbell',
      'Deployment pealbell-api',
      'Deployment pealbell-worker',
      'Job pealbell-migrate',
      'NetworkPolicy pealbell',
      'PodDisruptionBudget pealbell-api',
      'PodDisruptionBudget pealbell-worker',
      'Service pealbell',
      'Service pealbell-admin',
    ]);
  });

  it('brings the store to its version in a Job before an upgrade, unless that is turned off', async () => {
    const job = one(await helm.render(CHART), 'Job', 'pealbell-migrate');
    assert.equal(job.metadata.annotations?.['helm.sh/hook'], 'post-install,pre-upgrade');
    const [container] = job.spec.template.spec.containers;
    assert.deepEqual(container.args, ['migrate']);
    const [api] = one(await helm.render(CHART), 'Deployment', 'pealbell-api').spec.template.spec.containers;
    assert.equal(container.image, api.image);
    assert.deepEqual(container.volumeMounts, api.volumeMounts);
    assert.deepEqual(ofKind(await helm.render(CHART, { migrate: { enabled: false } }), 'Job'), []);
  });

  it('runs processes that are not root, cannot write and have no account', async () => {
    const objects = await helm.render(CHART);
    for (const { spec } of [...ofKind(objects, 'Deployment'), ...ofKind(objects, 'Job')]) {
      const pod = spec.template.spec;
      const [container] = pod.containers;
      assert.equal(pod.automountServiceAccountToken, false);
      assert.equal(pod.securityContext.runAsNonRoot, true);
      assert.deepEqual(container.securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      for (const { mountPath, readOnly } of container.volumeMounts) assert.ok(readOnly || mountPath === '/tmp');
      if (pod.restartPolicy === 'Never') continue; // a migration ends by itself
      assert.ok(pod.terminationGracePeriodSeconds >= 25 + Number(container.lifecycle?.preStop.exec.command[1] ?? 0));
    }
  });

  it('leads calls to the processes with the role api only, and readers of metrics to all', async () => {
    const objects = await helm.render(CHART);
    const reached = (service: string) =>
      ofKind(objects, 'Deployment').flatMap(({ metadata, spec }) => {
        const { labels } = spec.template.metadata;
        const wanted = Object.entries(one(objects, 'Service', service).spec.selector);
        return wanted.every(([key, value]) => labels[key] === value) ? [metadata.name] : [];
      });
    assert.deepEqual(reached('pealbell'), ['pealbell-api']);
    assert.deepEqual(reached('pealbell-admin'), ['pealbell-api', 'pealbell-worker']);
  });

  it('gives the processes the files that the program reads, apps too', async () => {
    const config = { limits: { broadcast_devices: 10_000_000 } };
    const apps = { shop: { providers: { apns: { key: `\${file:${SECRETS}/apns.p8}`, key_id: 'ABC' } } } };
    const objects = await helm.render(CHART, { config, apps });
    const files = await openWorkspace();
    try {
      const key = makeDataKey((size) => randomBytes(size));
      const secrets = { 'data.key': key, 'store-url': 'postgres://db/p', 'queue-url': 'redis://r', 'apns.p8': 'key' };
      for (const [name, text] of Object.entries(secrets)) await files.write(`secrets/${name}`, text);
      const { data } = one(objects, 'ConfigMap', 'pealbell');
      const [volume] = one(objects, 'Deployment', 'pealbell-api').spec.template.spec.volumes;
      for (const { key, path } of volume.configMap.items) {
        await files.write(`config/${path}`, data[key].replaceAll(SECRETS, join(files.dir, 'secrets')));
      }
      const loaded = await files.load({ kinds: KINDS });
      assert.equal(loaded.limits.broadcast_devices, 10_000_000);
      assert.deepEqual(
        loaded.apps.map(({ id }) => id),
        ['shop'],
      );
    } finally {
      await files.remove();
    }
  });

  it('restarts the processes for a setting of the gateway, not for an app', async () => {
    const templateOf = async (values: object) =>
      one(await helm.render(CHART, values), 'Deployment', 'pealbell-worker').spec.template;
    const shop = (ttl: string) => ({ apps: { shop: { providers: {}, defaults: { ttl } } } });
    assert.deepEqual(await templateOf(shop('1h')), await templateOf(shop('2h')));
    assert.notDeepEqual(await templateOf({}), await templateOf({ config: { log: { level: 'debug' } } }));
  });

  it('scales by CPU, and by a metric of the queue where one is named', async () => {
    const external = [{ metric: 'pealbell_queue_oldest_seconds', labels: { lane: 'transactional' }, value: '10' }];
    const autoscaling = { enabled: true, external };
    const objects = await helm.render(CHART, { processes: { worker: { autoscaling } } });
    const { metrics, scaleTargetRef } = one(objects, 'HorizontalPodAutoscaler', 'pealbell-worker').spec;
    assert.equal(scaleTargetRef.name, 'pealbell-worker');
    assert.deepEqual(metrics, [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      {
        type: 'External',
        external: {
          metric: { name: external[0]?.metric, selector: { matchLabels: { lane: 'transactional' } } },
          target: { type: 'Value', value: '10' },
        },
      },
    ]);
    assert.equal(one(objects, 'Deployment', 'pealbell-worker').spec.replicas, undefined);
  });

  it('shows the metrics to a ServiceMonitor that finds them', async () => {
    const objects = await helm.render(CHART, { serviceMonitor: { enabled: true, labels: { release: 'prometheus' } } });
    const { metadata, spec } = one(objects, 'ServiceMonitor', 'pealbell');
    assert.equal(metadata.labels.release, 'prometheus');
    const found = ofKind(objects, 'Service').filter(({ metadata: { labels } }) =>
      Object.entries(spec.selector.matchLabels).every(([key, value]) => labels[key] === value),
    );
    assert.deepEqual(
      found.map(({ metadata: { name } }) => name),
      ['pealbell-admin'],
    );
  });

  it('runs one process with all roles for an app with realtime, without a budget that could not be kept', async () => {
    const objects = await helm.render(CHART, REALTIME);
    const [deployment, ...more] = ofKind(objects, 'Deployment');
    assert.equal(more.length, 0);
    assert.deepEqual(deployment?.spec.template.spec.containers[0].args, ['serve', '--role', 'api,worker,connector']);
    assert.deepEqual(ofKind(objects, 'PodDisruptionBudget'), []);
  });

  const REFUSED: readonly (readonly [string, object, RegExp])[] = [
    ['no Secret', { existingSecret: '' }, /existingSecret/],
    ['a value that does not exist', { replicaCount: 3 }, /replicaCount/],
    ['a role that does not exist', { processes: { api: { roles: ['sender'] } } }, /processes\.api\.roles/],
    ['a metric without a target', scaledBy({ metric: 'pealbell_queue_jobs' }), /external/],
    ['nobody to send to', { processes: { api: { enabled: false } } }, /enable an entry whose roles have api/],
    ['realtime in two roles', { apps: REALTIME.apps }, /the app shop has a realtime section/],
    ['realtime in two processes', { ...REALTIME, processes: { api: { roles: EVERY_ROLE } } }, /set replicas to 1/],
  ];
  for (const [what, values, sentence] of REFUSED) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(helm.render(CHART, values), sentence);
    });
  }
});

function scaledBy(external: object): object {
  return { processes: { worker: { autoscaling: { enabled: true, external: [external] } } } };
}
