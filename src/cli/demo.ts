import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadConfig } from '../../config/load.js';
import { Pealbell, PealbellError } from '../../sdk/server/src/index.js';
import { showCrash } from './demo/crash.js';
import { columns, createFace, type Face } from './demo/face.js';
import { DemoFailure } from './demo/failure.js';
import { curlFor, showFirstMessage } from './demo/first-message.js';
import { type House, openHouse } from './demo/house.js';
import { showOnlineFirst } from './demo/online-first.js';
import { createSimulatorClient } from './demo/simulator-client.js';
import { createDesk } from './demo/site/desk.js';
import { GUEST, registerGuest } from './demo/site/guests.js';
import { openPage } from './demo/site/open-page.js';
import { DEMO_DIR, openWorkspace, type Workspace, writeEnv } from './demo/workspace.js';
import { type CommandIo, EXIT } from './io.js';

const HELP = `Usage: pealbell demo [--once]

Shows the gateway at work, on this machine only: simulators of nine vendors' push services, and a
gateway with an embedded database; one message told device by device, 2,000 devices and a crash in the middle, and what
is different for people who are online. Stays up afterwards, with a page on which two devices can be played.
Works in ${DEMO_DIR}/ under the working directory, which is emptied at each start.

  --once    stop after the show: 0 when every promise was kept, else 1
  --help    show this text
`;

/** A Ctrl-C may come twice at once: from the terminal, and passed on by npm. */
const SAME_CTRL_C_MS = 1_000;
/** From a connection that breaks to the news that the process behind it is gone. */
const HEARD_WITHIN_MS = 1_000;
const DAY_MS = 86_400_000;

/** `pealbell demo`. @returns the exit code. */
export async function demo(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags } = parseArgs({
    args: [...argv],
    options: { once: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    allowPositionals: false,
  });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  const face = createFace(io.stdout, io.env);
  let workspace: Workspace | undefined;
  try {
    workspace = await openWorkspace();
    return await run(face, workspace, io, flags.once);
  } catch (error) {
    if (!(error instanceof DemoFailure || error instanceof PealbellError)) throw error;
    face.say();
    io.stderr.write(`The demo failed: ${error.message}\n`);
    return EXIT.failed;
  } finally {
    await workspace?.release();
  }
}

async function run(face: Face, workspace: Workspace, io: CommandIo, once: boolean): Promise<number> {
  const broken = new AbortController();
  const signal = AbortSignal.any([io.signal, broken.signal]);
  const house = openHouse({
    workspace,
    env: io.env,
    onProgress: face.note,
    onRemark: (sentence) => face.say(`  ${sentence}`),
    onFailure: (failure) => broken.abort(failure),
  });
  const forgetSignals = hurryOnSecondSignal(io.signal, house);
  const ending = new Promise<'ended'>((resolve) => {
    if (signal.aborted) resolve('ended');
    signal.addEventListener('abort', () => resolve('ended'), { once: true });
  });
  let isShown = false;
  try {
    face.title('Pealbell: one call reaches every device, and tells you what became of it');
    const shown = show(face, workspace, house, signal, once).then(() => 'shown' as const);
    // What fails after the end was asked for is a consequence of the end.
    shown.catch(() => undefined);
    isShown = (await Promise.race([shown, ending])) === 'shown';
    if (isShown && !once) await ending;
  } catch (error) {
    // A process that died is the cause of whatever failed because of it, but may be heard of later.
    await Promise.race([ending, wait(HEARD_WITHIN_MS)]);
    if (!signal.aborted) throw error;
  } finally {
    if (io.signal.aborted) face.say('\n  Stopping.');
    await house.close();
    forgetSignals();
  }
  broken.signal.throwIfAborted();
  return isShown ? EXIT.done : EXIT.failed;
}

async function show(face: Face, workspace: Workspace, house: House, signal: AbortSignal, once: boolean): Promise<void> {
  const simulator = createSimulatorClient((await house.startSimulator()).url, signal);
  const { url, child } = await house.startGateway();
  const { id, key } = await house.createKey();
  await writeEnv(workspace.env, url, key);
  const config = await loadConfig({ dir: workspace.config, env: {} });
  const app = config.apps.map((known) => known.id).join(', ');
  for (const line of columns([
    ['gateway', url, `embedded database, log in ${workspace.log('gateway')}`],
    ['simulator', simulator.url, 'nine vendors, Apple to Meizu, in a process of its own'],
    ['app', app, `key ${id}, in ${workspace.env}`],
  ])) {
    face.say(`  ${line}`);
  }
  // Nothing is asked twice: what survives the crash is the gateway's doing alone.
  const gateway = new Pealbell({ url, key, retries: 0 });
  const stage = { face, gateway, url, simulator, signal };
  await showFirstMessage(stage, `${Math.round(config.retention.tombstones / DAY_MS)} days`);
  await showCrash({ ...stage, gatewayProcess: child, restart: async () => (await house.startGateway()).child });
  const guests = await registerGuest(gateway, simulator, signal);
  const desk = createDesk({ gateway, url, key, devices: guests, signal });
  await showOnlineFirst({ ...stage, guests, desk });
  if (once) return;
  const page = await openPage({ gateway, url, desk, guests, simulator, port: house.pagePort, signal });
  const next = { to: { users: [GUEST] }, notification: { title: 'Hello' } };
  face.title('Go on');
  face.say(`  ${face.paint('bold', `The page     ${page}`)}`);
  face.say(`               a phone and a browser: put them online, offline or into a tunnel, send, and look on`);
  face.say(`  Send one     source ${workspace.env} && ${curlFor('$PEALBELL_URL', next, ' ')}`);
  face.say(`               it shows on the page, too`);
  face.say(`  The API      ${url}/docs`);
  face.say(`  What arrived ${simulator.url}/ledger has a line for each request; stop with Ctrl-C`);
}

/** A later Ctrl-C says that somebody has lost patience: then nothing is given time to end in order. */
function hurryOnSecondSignal(asked: AbortSignal, house: House): () => void {
  let firstAt = 0;
  asked.addEventListener('abort', () => {
    firstAt = performance.now();
  });
  // Its presence also keeps the second signal from ending this process before its children.
  const onSignal = () => {
    if (asked.aborted && performance.now() - firstAt > SAME_CTRL_C_MS) house.kill();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
}
