import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface Told {
  readonly isKnown: boolean;
  readonly before: boolean;
  readonly after: boolean;
  readonly tokens: readonly (string | { readonly value: string; readonly expiresInSeconds: number })[];
}

describe('application default credentials', () => {
  let folder: string;
  let server: Server;
  const asked: URLSearchParams[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pealbell-adc-'));
    // A security token service (RFC 8693), as workload identity federation asks it.
    server = createServer(async (request, response) => {
      let form = '';
      for await (const chunk of request.setEncoding('utf8')) form += chunk;
      asked.push(new URLSearchParams(form));
      response.setHeader('content-type', 'application/json');
      const issued_token_type = 'urn:ietf:params:oauth:token-type:access_token';
      response.end(
        JSON.stringify({
          access_token: `sts-${asked.length}`,
          expires_in: 3600,
          token_type: 'Bearer',
          issued_token_type,
        }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  async function child(credentials: string): Promise<Told> {
    const program = fileURLToPath(new URL('./adc-child.js', import.meta.url));
    // What the SDK asks of Google itself meets a closed port.
    const proxies = { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.1' };
    const env = { PATH: process.env.PATH, HOME: folder, GOOGLE_APPLICATION_CREDENTIALS: credentials, ...proxies };
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env, timeout: 20_000 });
    return JSON.parse(stdout) as Told;
  }

  it('get tokens by workload identity, a new one each time, though the project cannot be looked up', async function () {
    this.timeout(20_000);
    const subject = join(folder, 'subject');
    await writeFile(subject, 'who-i-am');
    const file = join(folder, 'workload.json');
    const { port } = server.address() as AddressInfo;
    const workload = {
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `http://127.0.0.1:${port}/v1/token`,
      credential_source: { file: subject },
    };
    await writeFile(file, JSON.stringify(workload));
    const { tokens, ...loaded } = await child(file);
    assert.deepEqual(loaded, { isKnown: true, before: false, after: true }, 'the SDK comes when it is opened');
    assert.deepEqual(
      tokens.map((token) => (typeof token === 'string' ? token : token.value)),
      ['sts-1', 'sts-2'],
    );
    for (const token of tokens) {
      assert.ok(typeof token !== 'string' && token.expiresInSeconds > 3500 && token.expiresInSeconds <= 3600);
    }
    assert.equal(asked[0]?.get('subject_token'), 'who-i-am');
    assert.match(asked[0]?.get('scope') ?? '', /firebase\.messaging/);
  });

  it('say so when the file they are to come from is not there', async function () {
    this.timeout(20_000);
    const { tokens } = await child(join(folder, 'nowhere.json'));
    for (const token of tokens) assert.match(String(token), /nowhere\.json/);
  });
});
