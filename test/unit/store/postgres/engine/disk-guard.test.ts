import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { GatewayError } from '../../../../../src/domain/errors.js';
import { diskGuard } from '../../../../../src/store/postgres/engine/disk-guard.js';

const MB = 1024 * 1024;

describe('the disk guard', () => {
  it('passes at the threshold and refuses below it, with a time to come back', () => {
    let free = 64 * MB;
    let now = 0;
    const guard = diskGuard({ directory: '/data', now: () => now, measure: () => free });
    guard.assertRoom();
    free = 64 * MB - 1;
    now = 1_000;
    assert.throws(
      () => guard.assertRoom(),
      (error) =>
        error instanceof GatewayError &&
        error.code === 'disk_full' &&
        (error.retryAfterSeconds ?? 0) > 0 &&
        /63 MB are free where \/data lies; 64 MB/.test(error.message),
    );
  });

  it('asks the disk at most once a second and sees room that came back', () => {
    let asked = 0;
    let now = 5;
    let free = 0;
    const measure = () => {
      asked++;
      return free;
    };
    const guard = diskGuard({ directory: '/data', now: () => now, measure });
    assert.throws(() => guard.assertRoom());
    free = 100 * MB;
    now += 999;
    assert.throws(() => guard.assertRoom());
    assert.equal(asked, 1);
    now += 1;
    guard.assertRoom();
    assert.equal(asked, 2);
  });

  it('lets pass what cannot be measured', () => {
    const guard = diskGuard({
      directory: '/gone',
      measure: () => {
        throw new Error('ENOENT');
      },
    });
    guard.assertRoom();
  });

  it('reads the free bytes of a real file system', () => {
    const bytes = diskGuard({ directory: tmpdir() }).freeBytes();
    assert.ok(Number.isFinite(bytes) && bytes >= 0, `${bytes}`);
  });
});
