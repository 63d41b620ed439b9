import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isReadOnlyMount } from '../../../config/key-file.js';
import { resolveReferences } from '../../../config/references.js';
import { openWorkspace, PLAIN_SYSTEM, type Workspace } from './workspace.js';

describe('references in the configuration', () => {
  let space: Workspace;
  beforeEach(async () => {
    space = await openWorkspace();
  });
  afterEach(() => space.remove());

  const resolve = (value: unknown, env = {}, system = PLAIN_SYSTEM) =>
    resolveReferences(value, { env, system, baseDir: space.dir });

  it('are replaced at any depth, alone and inside a text, and their paths noted as secret', async () => {
    await space.write('a.txt', 'A\r\n\n');
    const value = { x: ['${env:V}', { y: 'p${file:a.txt}q${env:V}' }], z: 1, plain: 'v' };
    const resolved = await resolve(value, { V: '${env:W}' });
    assert.deepEqual(resolved.value, { x: ['${env:W}', { y: 'pAq${env:W}' }], z: 1, plain: 'v' });
    assert.deepEqual(resolved.secrets, [
      ['x', 0],
      ['x', 1, 'y'],
    ]);
    assert.deepEqual(resolved.files, [join(space.dir, 'a.txt')]);
    assert.deepEqual(resolved.faults, []);
  });

  it('can be written as plain text with two dollars', async () => {
    const resolved = await resolve('$${env:X} $5 $$ {x}');
    assert.deepEqual([resolved.value, resolved.secrets], ['${env:X} $5 $$ {x}', []]);
  });

  const faulty: readonly (readonly [string, RegExp])[] = [
    ['${env:NOT_SET}', /needs the environment variable NOT_SET, which is not set/],
    ['${env:EMPTY}', /which is empty/],
    ['${HOME}', /reference of no known form/],
    ['${env:A B}', /reference of no known form/],
    ['${file:}', /reference of no known form/],
    ['${env:X', /without its closing brace/],
    ['${file:none}', /needs the file \/.*\/none, which does not exist/],
    ['${file:empty}', /which is empty/],
    ['${file:folder}', /which is not a file/],
    ['${file:fifo}', /which is not a file/],
    ['${file:binary}', /which is not UTF-8 text/],
    ['${file:large}', /which is larger than 1 MiB/],
  ];
  it('name what is wrong with each of them, and where', async () => {
    await space.write('empty', '\n');
    await mkdir(join(space.dir, 'folder'));
    execFileSync('mkfifo', ['-m', '600', join(space.dir, 'fifo')]);
    await writeFile(join(space.dir, 'binary'), Buffer.from([0xff, 0xfe]), { mode: 0o600 });
    await space.write('large', 'x'.repeat(1024 * 1024 + 1));
    for (const [text, expected] of faulty) {
      const resolved = await resolve({ a: text }, { EMPTY: '' });
      assert.equal(resolved.faults.length, 1, text);
      assert.match(resolved.faults[0]?.what ?? '', expected);
      assert.deepEqual(resolved.faults[0]?.path, ['a']);
    }
  });

  it('tell the place, and spare the complaints that only follow from a missing secret', async () => {
    await space.write('config/gateway.yaml', 'log:\n  level: "${env:LEVEL}"\nsecurity: { data_key: "${file:k}" }\n');
    assert.deepEqual(await space.faults(), [
      'config/gateway.yaml:2:10 log.level: needs the environment variable LEVEL, which is not set.',
      `config/gateway.yaml:3:23 security.data_key: needs the file ${space.dir}/config/k, which does not exist.`,
    ]);
    assert.deepEqual(await space.faults({ env: { LEVEL: 'info', PEALBELL_SECURITY__DATA_KEY: '${file:k}' } }), [
      `$PEALBELL_SECURITY__DATA_KEY security.data_key: needs the file ${space.dir}/k, which does not exist.`,
    ]);
  });

  const modes: readonly (readonly [number, string | undefined])[] = [
    [0o400, undefined],
    [0o600, undefined],
    [0o640, 'can be read by other users (mode 0640)'],
    [0o604, 'can be read by other users (mode 0604)'],
    [0o620, 'can be written by other users (mode 0620)'],
    [0o666, 'can be written by other users (mode 0666)'],
  ];
  for (const [mode, exposure] of modes) {
    it(`${exposure === undefined ? 'take' : 'refuse'} a key file of mode 0${mode.toString(8)}`, async () => {
      const path = await space.write('key', 'secret', mode);
      const { faults } = await resolve('${file:key}');
      const expected = { what: `needs the file ${path}, which ${exposure}`, suggestion: `run: chmod 600 ${path}` };
      assert.deepEqual(faults, exposure === undefined ? [] : [{ ...expected, path: [] }]);
    });
  }

  it('judge a symlink by what it leads to', async () => {
    await space.write('real', 'secret', 0o644);
    await symlink('real', join(space.dir, 'link'));
    assert.match((await resolve('${file:link}')).faults[0]?.what ?? '', /can be read by other users/);
  });

  it("let a group read a file of root's that is lent to another user", async function () {
    if (process.getuid?.() !== 0) this.skip(); // only root can make a file of root's
    await space.write('key', 'secret', 0o640);
    const lent = { uid: 1000, mountinfo: '' };
    assert.deepEqual((await resolve('${file:key}', {}, lent)).faults, []);
    await space.write('key', 'secret', 0o644);
    assert.equal((await resolve('${file:key}', {}, lent)).faults.length, 1);
  });

  it('let all read a certificate, and nobody else write it', async () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n';
    await space.write('ca.pem', certificate, 0o644);
    assert.deepEqual((await resolve('${file:ca.pem}')).faults, []);
    await space.write('ca.pem', certificate, 0o664);
    assert.match((await resolve('${file:ca.pem}')).faults[0]?.what ?? '', /can be written by other users/);
    await space.write('ca.pem', `${certificate}-----BEGIN PRIVATE KEY-----\n`, 0o644);
    assert.match((await resolve('${file:ca.pem}')).faults[0]?.what ?? '', /can be read by other users/);
  });

  it('only warn of an open file on a read-only mount of its own', async () => {
    const path = await space.write('config/secrets/key', 'secret', 0o644);
    await space.write('config/apps/a.yaml', 'providers: { webpush: { subject: "${file:../secrets/key}" } }\n');
    const mountinfo = `1 0 0:1 / / rw - ext4 /dev/a rw\n2 1 0:2 / ${space.dir}/config/secrets ro - tmpfs tmpfs rw\n`;
    const config = await space.load({ system: { ...PLAIN_SYSTEM, mountinfo } });
    assert.deepEqual(config.warnings, [
      `config/apps/a.yaml:1:34 providers.webpush.subject: the file ${path} can be read by other users (mode 0644); it is used all the same, since its mount is read-only.`,
    ]);
    assert.equal((await space.faults()).length, 1);
  });
});

describe('read-only mounts', () => {
  const root = '22 1 8:1 / / ro,relatime shared:1 - ext4 /dev/sda1 ro\n';
  const secrets = '30 22 0:40 / /run/secrets ro,relatime - tmpfs tmpfs rw\n';
  const cases: readonly (readonly [string, string, string, boolean])[] = [
    ['a tmpfs mounted read-only', '/run/secrets/a', root + secrets, true],
    ['the mount point itself', '/run/secrets', root + secrets, true],
    ['a name that only starts alike', '/run/secretsx/a', root + secrets, false],
    ['a read-only root file system', '/etc/key', root, false],
    ['a writable mount', '/data/a', `${root}31 22 8:2 / /data rw - ext4 /dev/b rw\n`, false],
    ['a file system that is read-only itself', '/data/a', `${root}31 22 8:2 / /data rw - ext4 /dev/b ro\n`, true],
    [
      'a later mount that hides the first',
      '/run/secrets/a',
      `${secrets}33 22 0:1 / /run/secrets rw - tmpfs t rw\n`,
      false,
    ],
    ['a writable mount inside it', '/run/secrets/w/a', `${secrets}33 30 0:1 / /run/secrets/w rw - tmpfs t rw\n`, false],
    ['a mount point with a space', '/a b/c', `${root}31 22 8:2 / /a\\040b ro - tmpfs t rw\n`, true],
    ['no mounts known', '/run/secrets/a', '', false],
  ];
  for (const [name, path, mountinfo, expected] of cases) {
    it(`${expected ? 'are seen in' : 'are not'} ${name}`, () =>
      assert.equal(isReadOnlyMount(path, mountinfo), expected));
  }
});
