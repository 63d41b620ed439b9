import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileWatch, type Watched, watchFiles } from '../../../src/runtime/file-watch.js';

const QUIET_MS = 20;
const WITHIN_MS = 5_000;

describe('watching files', function () {
  this.timeout(15_000);
  let dir: string;
  let watch: FileWatch;
  let told: number;
  let failures: string[];
  let onTold: () => void;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pealbell-watch-'));
    told = 0;
    failures = [];
    onTold = () => {};
    watch = watchFiles({
      quietMs: QUIET_MS,
      patienceMs: 200,
      onFailure: (folder) => failures.push(folder),
      onChange: () => {
        told++;
        onTold();
      },
    });
  });
  afterEach(async () => {
    watch.close();
    await rm(dir, { recursive: true, force: true });
  });

  const at = (...names: string[]) => join(dir, ...names);
  const files = (...names: string[]): Watched => ({ files: names.map((name) => at(name)), folders: [] });

  /** Resolves when a change has been told since the call; `act` makes it. */
  async function tellsOf(act: () => Promise<unknown>): Promise<void> {
    const before = told;
    const heard = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no change was told')), WITHIN_MS);
      onTold = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    await act();
    await heard;
    assert.ok(told > before);
  }

  /** Follows, and waits for what a newly watched folder tells. */
  const follow = (watched: Watched) => tellsOf(() => watch.follow(watched));

  it('tells of a file that is written, replaced, removed and made again', async () => {
    await writeFile(at('a'), '1');
    await follow(files('a'));
    await tellsOf(() => writeFile(at('a'), '2'));
    await writeFile(at('a.tmp'), '3');
    await tellsOf(() => rename(at('a.tmp'), at('a')));
    await tellsOf(() => rm(at('a')));
    await tellsOf(() => writeFile(at('a'), '4'));
    assert.deepEqual(failures, []);
  });

  it('tells of a file whose folders are not there yet, as soon as a part of the way appears', async () => {
    await follow(files('deep/er/a'));
    await tellsOf(() => mkdir(at('deep')));
    await follow(files('deep/er/a'));
    await tellsOf(() => mkdir(at('deep', 'er')));
    await follow(files('deep/er/a'));
    await tellsOf(() => writeFile(at('deep', 'er', 'a'), '1'));
    assert.deepEqual(failures, []);
  });

  it('says nothing of neighbours, and tells many changes at once', async () => {
    await follow(files('a', 'b'));
    const before = told;
    for (let n = 0; n < 50; n++) await writeFile(at(`neighbour${n}`), '1');
    // A change that counts comes after those that do not: had they been told, they would have been told by now.
    await tellsOf(() => Promise.all([writeFile(at('a'), '1'), writeFile(at('b'), '1')]));
    assert.equal(told, before + 1);
  });

  it('tells of what comes and goes in a folder, of the names that matter only', async () => {
    await mkdir(at('apps'));
    const watched: Watched = {
      files: [],
      folders: [{ path: at('apps'), isOfInterest: (name) => name.endsWith('.yaml') }],
    };
    await follow(watched);
    const before = told;
    await writeFile(at('apps', '.swap'), '1');
    await tellsOf(() => writeFile(at('apps', 'shop.yaml'), '1'));
    assert.equal(told, before + 1);
    await tellsOf(() => rm(at('apps', 'shop.yaml')));
    // The whole folder is another one now, of the same name.
    await tellsOf(() => rename(at('apps'), at('old')));
    await mkdir(at('apps'));
    await follow(watched);
    await tellsOf(() => writeFile(at('apps', 'shop.yaml'), '1'));
  });

  it('tells of a link on the way that leads elsewhere, and follows it', async () => {
    for (const version of ['v1', 'v2']) {
      await mkdir(at(version));
      await writeFile(at(version, 'key'), version);
    }
    await mkdir(at('mount'));
    await symlink('../v1', at('mount', '..data'));
    await symlink(join('..data', 'key'), at('mount', 'key'));
    await follow(files('mount/key'));
    await tellsOf(() => writeFile(at('v1', 'key'), 'in place'));
    await symlink('../v2', at('mount', 'new'));
    await tellsOf(() => rename(at('mount', 'new'), at('mount', '..data')));
    await follow(files('mount/key'));
    await tellsOf(() => writeFile(at('v2', 'key'), 'in place'));
    // Nobody looks at the old target any more.
    const before = told;
    await writeFile(at('v1', 'key'), 'unseen');
    await tellsOf(() => writeFile(at('v2', 'key'), 'seen'));
    assert.equal(told, before + 1);
  });

  it('gives up on links that lead in a circle, and tells when the circle is broken', async () => {
    await symlink('two', at('one'));
    await symlink('one', at('two'));
    await follow(files('one'));
    await tellsOf(async () => {
      await rm(at('two'));
      await writeFile(at('two'), '1');
    });
  });

  it('tells of changes that never pause', async () => {
    await follow(files('a'));
    let isHeard = false;
    await tellsOf(async () => {
      const heard = onTold;
      onTold = () => {
        isHeard = true;
        heard();
      };
      for (const deadline = Date.now() + WITHIN_MS; !isHeard && Date.now() < deadline; ) await writeFile(at('a'), '1');
    });
    assert.ok(isHeard);
  });

  it('says nothing after it was closed', async () => {
    await follow(files('a'));
    const before = told;
    watch.close();
    watch.close();
    const other = watchFiles({ quietMs: QUIET_MS, patienceMs: 200, onFailure: () => {}, onChange: () => onTold() });
    try {
      // Another watch of the same file hears it: by then the closed one would have, too.
      const heard = () => new Promise<void>((resolve) => (onTold = resolve));
      const first = heard();
      await other.follow(files('a'));
      await first;
      const second = heard();
      await writeFile(at('a'), '1');
      await second;
      assert.equal(told, before);
    } finally {
      other.close();
    }
  });
});
