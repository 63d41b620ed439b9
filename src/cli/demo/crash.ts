import { setTimeout as wait } from 'node:timers/promises';
import { WINDOW_TARGETS_MAX, WINDOWS_MAX } from '../../domain/chunk.js';
import { type Audit, audit } from './audit.js';
import { CUSTOMERS, crowd } from './cast.js';
import type { Child } from './children.js';
import { figure, seconds } from './face.js';
import { DemoFailure } from './failure.js';
import type { Stage } from './first-message.js';

const DEVICES = 2_000;
/**
 * What the vendor takes to answer, slow enough that "half way" is a moment which can be met: 600 devices are under way
 * at a time, so the whole takes more than three answers. A machine that was too quick or too busy gets another go.
 */
const VENDOR_LATENCIES_MS = [100, 400, 1_600];
/** A crash is in the middle when at least this share had not arrived. */
const LEFT_SHARE = 0.1;
/** The published bound: what may be under way when a worker dies. */
const REPEATS_MAX = WINDOWS_MAX * WINDOW_TARGETS_MAX;
const LOOK_EVERY_MS = 10;
const HALF_WAY_WITHIN_MS = 30_000;
const COMPLETED_WITHIN_MS = 60_000;

export interface CrashStage extends Stage {
  readonly gatewayProcess: Child;
  /** Starts the gateway again at the same address. */
  restart(): Promise<Child>;
}

/**
 * Sends to 2,000 devices, kills the gateway half way, starts it again, and holds the message against the ledger.
 *
 * @throws DemoFailure when a device is lost, repeats are more than published or came under another id, or the message
 * does not complete in time
 */
export async function showCrash(stage: CrashStage): Promise<void> {
  const { face } = stage;
  face.title('2  The part nobody shows: 2,000 devices, and the gateway dies half way');
  const devices = crowd(DEVICES);
  await register(stage, devices);
  const tokens = devices.map(({ token }) => token);
  let { gatewayProcess } = stage;
  for (const latencyMs of VENDOR_LATENCIES_MS) {
    const crash = await crashOnce({ ...stage, gatewayProcess }, tokens, latencyMs);
    gatewayProcess = crash.gatewayProcess;
    judge(stage, crash.verdict);
    if (crash.arrivedAtDeath <= DEVICES * (1 - LEFT_SHARE)) return;
    face.say('\n  Nearly all was done before the kill; once more, with a slower vendor.\n');
  }
  throw new DemoFailure('the gateway could not be killed half way: this machine is too busy; try again');
}

async function crashOnce(stage: CrashStage, tokens: readonly string[], latencyMs: number) {
  const { face, gateway, simulator, gatewayProcess, signal } = stage;
  await simulator.plan({ provider: 'apns', rate: 1, latency_ms: latencyMs });
  const before = await simulator.acceptedCount();
  const body = { to: 'everyone', except: { users: CUSTOMERS }, notification: { title: 'Do you read me?' } } as const;
  const startedAt = Date.now();
  const say = (text: string) => face.say(`  +${seconds(Date.now() - startedAt)}  ${text}`);
  const { id } = await gateway.messages.send(body, { signal });
  say(`202 ${id}: to everyone but those five customers`);

  await halfWay(stage, before);
  await gatewayProcess.kill();
  const { arrived } = audit(await simulator.ledger(), id, tokens);
  const killed = face.paint('red', `SIGKILL to process ${gatewayProcess.pid}`);
  say(`${killed}: ${figure(arrived)} of ${figure(DEVICES)} had arrived`);

  await simulator.forgetFaults();
  const next = await stage.restart();
  say(`started again as process ${next.pid}; nobody sends anything anew`);
  await completion(stage, id);
  say(face.paint('green', 'completed'));
  return { gatewayProcess: next, arrivedAtDeath: arrived, verdict: audit(await simulator.ledger(), id, tokens) };
}

async function register(stage: Stage, devices: ReturnType<typeof crowd>): Promise<void> {
  const startedAt = Date.now();
  const lines = devices.map(({ id, token }) => ({
    id,
    platform: 'ios' as const,
    registrations: [{ provider: 'apns', token }],
  }));
  stage.face.progress(`registering ${figure(devices.length)} devices`);
  let taken = 0;
  for await (const { ok } of stage.gateway.devices.import(lines, { signal: stage.signal })) if (ok) taken++;
  if (taken !== devices.length) {
    throw new DemoFailure(`only ${figure(taken)} of ${figure(devices.length)} devices could be registered`);
  }
  stage.face.say(`  ${figure(taken)} devices registered in one stream, ${seconds(Date.now() - startedAt)}`);
}

/** Watches the ledger until half of the devices have been reached. */
async function halfWay(stage: Stage, before: number): Promise<void> {
  const deadline = Date.now() + HALF_WAY_WITHIN_MS;
  for (;;) {
    const arrived = (await stage.simulator.acceptedCount()) - before;
    stage.face.progress(`arrived ${figure(arrived)} of ${figure(DEVICES)}`);
    if (arrived >= DEVICES / 2) return;
    if (Date.now() > deadline) {
      throw new DemoFailure(`after ${HALF_WAY_WITHIN_MS / 1_000} s only ${figure(arrived)} had arrived`);
    }
    await wait(LOOK_EVERY_MS, undefined, { signal: stage.signal });
  }
}

/** Until the gateway says that it is done, and agrees on how many it reached. */
async function completion(stage: Stage, id: string): Promise<void> {
  const deadline = Date.now() + COMPLETED_WITHIN_MS;
  for (;;) {
    const { status, devices, settled, counts } = await stage.gateway.messages.get(id, { signal: stage.signal });
    stage.face.progress(`settled ${figure(settled)} of ${figure(devices)}`);
    if (status === 'completed') {
      if (devices === DEVICES && counts.sent === DEVICES) return;
      throw new DemoFailure(
        `the gateway says completed with ${figure(counts.sent)} sent of ${figure(devices)} devices; ${figure(DEVICES)} were meant`,
      );
    }
    if (Date.now() > deadline) {
      throw new DemoFailure(
        `${COMPLETED_WITHIN_MS / 1_000} s after the restart ${figure(settled)} of ${figure(devices)} are settled`,
      );
    }
    await wait(LOOK_EVERY_MS * 5, undefined, { signal: stage.signal });
  }
}

/** Tells the ledger's figures, good or bad, and fails when they are not what was promised. */
function judge({ face }: Stage, { arrived, lost, repeated, repeatedUnderOtherId }: Audit): void {
  face.say();
  face.say("  The simulator's ledger:");
  face.say(`    arrived   ${figure(arrived)} of ${figure(DEVICES)}`);
  face.say(`    ${face.paint(lost.length === 0 ? 'green' : 'red', `lost      ${figure(lost.length)}`)}`);
  face.say(
    `    repeated  ${figure(repeated)}   (at most ${figure(REPEATS_MAX)} per kill: sent, but no answer recorded when`,
  );
  face.say('                    it died, so sent again, under the id they had)');
  if (lost.length > 0) {
    throw new DemoFailure(`${figure(lost.length)} of ${figure(DEVICES)} devices never got the message`);
  }
  if (repeatedUnderOtherId > 0) {
    throw new DemoFailure(`${figure(repeatedUnderOtherId)} repeats came under another id: those are shown twice`);
  }
  if (repeated > REPEATS_MAX) {
    throw new DemoFailure(`${figure(repeated)} repeats are more than the published ${figure(REPEATS_MAX)}`);
  }
}
