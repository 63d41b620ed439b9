import type { Access } from '../usecases/access-tokens.js';
import { needsStream, UPWARD_SCOPES, type Upward } from './client-frame.js';
import type { Line, Speaker } from './line.js';
import { errorFrame, okFrame } from './session-frames.js';
import type { Untaken } from './take-upward.js';
import { UpwardQueue } from './upward-queue.js';

/** Events and upstream messages of one connection: each is answered by `ok`, or by an `error`, once it is safe. */
export class UpwardTalk<Session extends Speaker> {
  readonly #line: Line<Session>;
  readonly #queue: UpwardQueue;
  readonly #stream: string | undefined;

  /** @param safe highest `n` of the stream that is safe; 0 where that is not known */
  constructor(line: Line<Session>, stream: string | undefined, safe: number) {
    this.#line = line;
    this.#stream = stream;
    this.#queue = new UpwardQueue(safe);
  }

  /** So much waits that the client is not listened to. */
  get isDeaf(): boolean {
    return this.#queue.isDeaf;
  }

  hear(frame: Upward, access: Access | undefined): void {
    const numbered = this.#queue.number(frame.n);
    if (numbered.kind === 'hole') {
      const detail = `n goes from ${numbered.last} to ${frame.n}: it has no holes`;
      this.#line.session.end({ reason: 'bad_frame', detail });
    } else if (numbered.kind === 'safe') {
      this.#line.send('ok', okFrame(this.#queue.safe));
    } else if (numbered.kind === 'new') {
      this.#queue.add(this.#judge(frame, access));
      if (this.isDeaf) this.#line.wire.listen(false);
      this.#takeNext();
    }
  }

  /** The run that was given last is safe, but for those that can never be taken. */
  took(refused: readonly Untaken[]): void {
    this.#queue.settle();
    for (const { n, code, detail } of refused) this.#line.send('error', errorFrame(n, code, detail));
    this.#line.send('ok', okFrame(this.#queue.safe));
    this.#takeNext();
    if (this.#line.isOver || !this.#queue.hearsAgain()) return;
    this.#line.liveness.heard(this.#line.house.ticks());
    this.#line.wire.listen(true);
  }

  #takeNext(): void {
    const run = this.#line.isOver ? undefined : this.#queue.next();
    if (run === undefined) return;
    if (run[0]?.t === 'faulty') this.took(run.flatMap((frame) => (frame.t === 'faulty' ? [frame] : [])));
    else this.#line.house.take(this.#line.session, run);
  }

  /** @returns the frame, or what stands in its place in the order where it may not be said here */
  #judge(frame: Upward, access: Access | undefined): Upward {
    if (frame.t === 'faulty') return frame;
    const scope = UPWARD_SCOPES[frame.t];
    const { n } = frame;
    if (access?.scopes.has(scope) !== true)
      return { t: 'faulty', n, code: 'missing_scope', detail: `the access token has no scope '${scope}'` };
    // Without a name the count would begin anew with each connection, and new messages would pass for old ones.
    if (needsStream(frame) && this.#stream === undefined)
      return { t: 'faulty', n, code: 'stream_missing', detail: 'hello must name the stream whose n this is' };
    return frame;
  }
}
