import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
/** A whole show takes some 15 s; this is for a machine that does much else. */
const SHOW_MS = 100_000;
/** A gateway that is still opening its database finishes that before it ends. */
const GONE_WITHIN_MS = 45_000;
const LOOK_EVERY_MS = 50;

interface Run {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves when standard output matches; rejects when the demo ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

describe('pealbell demo', function () {
  this.timeout(SHOW_MS + GONE_WITHIN_MS);
  const started: { readonly run: Run; readonly dir: string }[] = [];

  function start(dir: string, ...flags: string[]): Run {
    const child = spawn(process.execPath, [MAIN, 'demo', ...flags], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
    const run: Run = {
      child,
      stdout: () => stdout,
      stderr: () => stderr,
      ended,
      until: (pattern) =>
        new Promise((resolve, reject) => {
          const look = () => {
            const found = pattern.exec(stdout);
            if (found === null) return;
            child.stdout.off('data', look);
            resolve(found);
          };
          child.stdout.on('data', look);
          look();
          void ended.then(() => reject(new Error(`the demo ended without ${pattern}\n${stdout}\n${stderr}`)));
        }),
    };
    started.push({ run, dir });
    return run;
  }

  async function freshDirectory(): Promise<string> {
    // As the kernel names it: that is how it stands in the list of processes.
    return realpath(await mkdtemp(join(tmpdir(), 'pealbell-demo-')));
  }

  after(async () => {
    for (const { run, dir } of started) {
      run.child.kill('SIGKILL');
      await run.ended;
      for (const pid of await processesOf(dir)) process.kill(pid, 'SIGKILL');
      await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  });

  describe('--once, with the usual port taken', () => {
    let dir: string;
    let run: Run;
    let holder: Server | undefined;

    before(async () => {
      dir = await freshDirectory();
      holder = await takePort(8_080);
      run = start(dir, '--once');
      await run.ended;
    });
    after(() => {
      holder?.close();
    });

    it('exits with 0', async () => {
      assert.deepEqual(await run.ended, { code: 0, signal: null }, `${run.stdout()}\n${run.stderr()}`);
      assert.equal(run.stderr(), '');
    });

    it('goes on to the next free port and says so', () => {
      const [, port] = /Port 8080 is taken, so (\d+) is used\./.exec(run.stdout()) ?? [];
      assert.ok(Number(port) > 8_080, run.stdout());
      assert.match(run.stdout(), new RegExp(`gateway +http://127\\.0\\.0\\.1:${port} `));
      assert.match(run.stdout(), new RegExp(`\\$ curl http://127\\.0\\.0\\.1:${port}/v1/messages`));
    });

    it('shows progress while the database is made', () => {
      assert.match(run.stdout(), /Making the embedded database/);
    });

    it('tells what became of each device, in words', () => {
      const text = run.stdout();
      const line = (device: string, rest: string) =>
        assert.match(text, new RegExp(`^ +\\+\\d+\\.\\d{3} s  ${device} +${rest}  \\(\\d+ ms\\)$`, 'm'));
      const fine = [
        'iphone-1',
        'watch-1',
        'android-2',
        'tablet-3',
        'huawei-4',
        'honor-4',
        'redmi-4',
        'oppo-5',
        'meizu-5',
      ];
      for (const device of fine) line(device, '200 +accepted');
      line('browser-1', '201 +accepted, simulator decrypted: Order 8812 shipped');
      line('iphone-2', '410 Unregistered +→ address retired, restorable 30 days');
      line('iphone-3', '429 TooManyRequests +Retry-After 2 s kept, will be tried again');
      line('iphone-3', '200 +tried again, accepted');
      line('xiaomi-4', '200 bad_regids +→ address retired, restorable 30 days');
      line('xiaomi-4', '200 +over Google instead: accepted');
      line('vivo-5', '200 10072 +.*will be tried again');
      line('vivo-5', '200 +tried again, accepted');
      assert.match(text, /ledger: arrived 13 of 13, lost 0, repeated 0\./);
    });

    it('kills the gateway half way and loses nothing', () => {
      // The last one: a kill that came too late is told, and tried once more.
      const [, arrived] =
        [...run.stdout().matchAll(/SIGKILL to process \d+: ([\d,]+) of 2,000 had arrived/g)].at(-1) ?? [];
      const atDeath = Number(arrived?.replace(',', ''));
      assert.ok(atDeath >= 1_000 && atDeath <= 1_800, run.stdout());
      assert.match(run.stdout(), /arrived +2,000 of 2,000\n +lost +0\n +repeated +\d+ /);
    });

    it('reaches who is online without a vendor, and calls one for who does not answer, once', () => {
      const text = run.stdout();
      const line = (rest: string) => assert.match(text, new RegExp(`^ +\\+\\d+\\.\\d{3} s  ${rest}$`, 'm'));
      for (const device of ['alice-phone', 'alice-browser'])
        line(`${device} +realtime +there, and dealt with by the app`);
      line('\\(gateway\\) +completed +no vendor was called: the ledger has no line');
      line('alice-phone +Apple 200 +no word for 3 s, so the vendor shows it');
      line('alice-phone +realtime +out of the tunnel: data only, not shown again');
      assert.match(text, /Shown once on each device\. The simulator's ledger: 1 call, to Apple\./);
    });

    it('leaves no process', async () => {
      assert.deepEqual(await processesOf(dir), []);
    });

    it('keeps key and logs from other users, and the key out of the logs', async () => {
      const demo = join(dir, '.demo');
      const [, key = ''] = /PEALBELL_KEY='([^']+)'/.exec(await readFile(join(demo, 'env'), 'utf8')) ?? [];
      assert.match(key, /^pealbell_key_/);
      const files = (await readdir(demo)).filter((name) => name === 'env' || name.endsWith('.log'));
      assert.deepEqual(files.sort(), ['env', 'gateway.log', 'keys.log', 'simulator.log']);
      for (const name of files) {
        assert.equal((await stat(join(demo, name))).mode & 0o077, 0, name);
        if (name !== 'env') assert.ok(!(await readFile(join(demo, name), 'utf8')).includes(key), name);
      }
    });
  });

  describe('without --once', () => {
    it('stays up with a key that works, refuses a second one, and ends with a sentence when the gateway dies', async () => {
      const dir = await freshDirectory();
      const run = start(dir);
      const [, pid] = await run.until(/started again as process (\d+)/);
      await run.until(/stop with Ctrl-C/);
      const env = await readFile(join(dir, '.demo', 'env'), 'utf8');
      const [, url, key] = /PEALBELL_URL='([^']+)'\nexport PEALBELL_KEY='([^']+)'/.exec(env) ?? [];
      const [, pasted = ''] = /-d '(\{.*\})'$/m.exec(run.stdout().slice(run.stdout().indexOf('Send one'))) ?? [];
      const answer = await fetch(`${url}/v1/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: pasted,
      });
      assert.equal(answer.status, 202);

      const [, page = ''] = /The page +(http:\S+)/.exec(run.stdout()) ?? [];
      const shown = await fetch(page);
      assert.equal(shown.status, 200);
      assert.match(await shown.text(), /<title>Pealbell demo/);

      const second = start(dir, '--once');
      assert.equal((await second.ended).code, 1);
      assert.match(second.stderr(), new RegExp(`another demo runs in .*\\(process ${run.child.pid}\\)`));

      process.kill(Number(pid), 'SIGKILL');
      assert.equal((await run.ended).code, 1);
      assert.match(run.stderr(), /the gateway ended \(SIGKILL\); the end of \.demo\/gateway\.log:\n {2}\{/);
      assert.deepEqual(await processesOf(dir), []);
    });
  });

  it('leaves no process after SIGINT in the middle', async () => {
    const dir = await freshDirectory();
    const run = start(dir);
    await run.until(/Making the embedded database/);
    assert.notDeepEqual(await processesOf(dir), []);
    run.child.kill('SIGINT');
    assert.deepEqual(await run.ended, { code: 1, signal: null });
    assert.match(run.stdout(), /Stopping\./);
    assert.deepEqual(await processesOf(dir), []);
  });

  it('leaves no process when it is killed itself, and can be started anew at once', async () => {
    const dir = await freshDirectory();
    const run = start(dir);
    await run.until(/customer-3 +tablet-3/);
    run.child.kill('SIGKILL');
    await run.ended;
    const next = start(dir);
    await next.until(/Making the embedded database/);
    next.child.kill('SIGTERM');
    assert.equal((await next.ended).code, 1);
    await gone(dir);
  });

  it('empties no directory that holds what it did not make', async () => {
    const dir = await freshDirectory();
    await mkdir(join(dir, '.demo'));
    await writeFile(join(dir, '.demo', 'thesis.txt'), 'three years of work');
    const run = start(dir, '--once');
    assert.equal((await run.ended).code, 1);
    assert.match(run.stderr(), /holds files that no demo made \(thesis\.txt\)/);
    assert.equal(await readFile(join(dir, '.demo', 'thesis.txt'), 'utf8'), 'three years of work');
  });
});

/** Holds a port, unless somebody has it already: it is taken either way. */
async function takePort(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Waits until the last process that works in a directory is gone. */
async function gone(dir: string): Promise<void> {
  const deadline = Date.now() + GONE_WITHIN_MS;
  for (let pids = await processesOf(dir); pids.length > 0; pids = await processesOf(dir)) {
    assert.ok(Date.now() < deadline, `still there: ${pids.join(', ')}`);
    await wait(LOOK_EVERY_MS);
  }
}

/** Processes whose command line names the directory: every child and grandchild of a demo names its own. */
async function processesOf(dir: string): Promise<number[]> {
  const found = existsSync('/proc/self/cmdline') ? await commandsFromProc() : await commandsFromPs();
  return found.filter(({ command }) => command.includes(dir)).map(({ pid }) => pid);
}

async function commandsFromProc() {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => ({
      pid: Number(pid),
      // One that ended since the listing has no command any more; neither has a zombie.
      command: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    })),
  );
}

async function commandsFromPs() {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,args=']);
  return stdout.split('\n').map((line) => {
    const [, pid = '0', command = ''] = /^ *(\d+) (.*)$/.exec(line) ?? [];
    return { pid: Number(pid), command };
  });
}
