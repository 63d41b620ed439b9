import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { configured, openAccess, realtimeSettings } from '../access/scene.js';

const PAGE = new URL('../../../../docs/access-tokens.md', import.meta.url);
const SECRET = 'a secret that is longer than thirty-two bytes, ä';
const run = promisify(execFile);

/** The page is what people copy from: what it shows must work as it stands there. */
describe('docs/access-tokens.md', () => {
  let dir: string;
  let page: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pealbell-docs-'));
    page = await readFile(PAGE, 'utf8');
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const block = (language: string): string => {
    const found = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(page)?.[1];
    assert.ok(found !== undefined, `no example in ${language}`);
    return found;
  };

  async function assertGood(token: string): Promise<void> {
    const key = configured({ algorithm: 'HS256', secret: SECRET }, 'hs');
    const { tokens } = openAccess({ current: realtimeSettings({ keys: [key] }) });
    const access = await tokens.verify(token, Date.now());
    assert.ok(access.kind === 'access', access.kind === 'refused' ? access.detail : '');
    assert.deepEqual([access.app, access.device, access.user, access.scopes.size], ['shop', 'phone1', 'älice', 4]);
  }

  it('signs in Node what is verified here', async () => {
    const file = join(dir, 'example.mjs');
    await writeFile(file, block('js'));
    const { accessToken } = (await import(pathToFileURL(file).href)) as {
      accessToken: (...args: readonly string[]) => string;
    };
    await assertGood(accessToken(SECRET, 'shop', 'phone1', 'älice'));
  });

  it('signs in Python what is verified here', async function () {
    const hasPython = await run('python3', ['-c', 'import hmac']).then(
      () => true,
      () => false,
    );
    if (!hasPython) {
      if (this.test) this.test.title += ' (there is no python3)';
      this.skip();
    }
    const file = join(dir, 'example.py');
    await writeFile(file, `${block('python')}\nimport sys\nprint(access_token(*sys.argv[1:]))\n`);
    const { stdout } = await run('python3', ['-X', 'utf8', file, SECRET, 'shop', 'phone1', 'älice']);
    await assertGood(stdout.trim());
  });

  it('shows a section that the configuration takes', () => {
    const { realtime } = parse(block('yaml'));
    assert.deepEqual(Object.keys(realtime), ['issuer', 'keys']);
    assert.deepEqual(
      realtime.keys.map((key: object) => Object.keys(key).sort().join()),
      ['key,kid', 'kid,secret'],
    );
  });
});
