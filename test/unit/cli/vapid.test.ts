import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { webpushKind } from '../../../providers/webpush/kind.js';
import { vapid } from '../../../src/cli/vapid.js';

async function run(...argv: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await vapid(argv, { stdout, stderr, env: {}, signal: new AbortController().signal });
  const textOf = (stream: PassThrough) => (stream.read() as Buffer | null)?.toString() ?? '';
  return { code, stdout: textOf(stdout), stderr: textOf(stderr) };
}

describe('pealbell vapid', () => {
  it('makes keys that the provider takes, others each time', async () => {
    const first = await run('generate');
    const second = await run('generate');
    assert.equal(first.code, 0);
    assert.notEqual(first.stdout, second.stdout);
    const options = webpushKind.options.safeParse({ subject: 'mailto:ops@shop.example', keys: first.stdout });
    assert.equal(options.success, true, JSON.stringify(options.error?.issues));
    assert.doesNotMatch(first.stderr, new RegExp((JSON.parse(first.stdout) as { privateKey: string }).privateKey));
  });

  it('says what it can do when asked for something else', async () => {
    const { code, stdout, stderr } = await run('make');
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /vapid generate/);
  });
});
